-- The audit trail: numbered and hashed by the database, one chain per organiser, and never changed afterwards.

-- The hash is over the columns as text with the unit separator between them, so that none of them may hold one.
-- The head's row is locked until the transaction ends: a chain has neither gaps nor forks.
CREATE FUNCTION styrkedjan_chain() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    head public.audit_head;
BEGIN
    IF concat(NEW.organiser, NEW.actor, NEW.role, NEW.place, NEW.event, NEW.about) LIKE '%' || chr(31) || '%' THEN
        RAISE EXCEPTION 'audit_event: the unit separator may not stand in a column' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.at > clock_timestamp() + interval '1 day' THEN  -- it would never be old enough to be weeded out
        RAISE EXCEPTION 'audit_event: the time has not been' USING ERRCODE = 'check_violation';
    END IF;
    INSERT INTO public.audit_head (organiser, first_sequence, first_previous_hash, last_sequence, last_hash)
    VALUES (NEW.organiser, 1, '', 0, '') ON CONFLICT (organiser) DO NOTHING;
    SELECT * INTO STRICT head FROM public.audit_head WHERE organiser = NEW.organiser FOR UPDATE;
    NEW.sequence := head.last_sequence + 1;
    NEW.previous_hash := head.last_hash;
    NEW.hash := encode(sha256(convert_to(concat_ws(chr(31),
        NEW.previous_hash, NEW.organiser, NEW.sequence::text, NEW.key::text,
        to_char(NEW.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
        NEW.actor, NEW.role, NEW.place, NEW.event, NEW.about, NEW.facts::text
    ), 'UTF8')), 'hex');
    UPDATE public.audit_head SET last_sequence = NEW.sequence, last_hash = NEW.hash WHERE organiser = NEW.organiser;
    RETURN NEW;
END $$;

CREATE TRIGGER chain BEFORE INSERT ON audit_event FOR EACH ROW EXECUTE FUNCTION styrkedjan_chain();

CREATE FUNCTION styrkedjan_keep_audit() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    callers text;
BEGIN
    GET DIAGNOSTICS callers = PG_CONTEXT;
    IF TG_OP = 'DELETE' AND callers LIKE '%function styrkedjan_weed_audit(%' THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION 'audit_event is append-only: % is refused', TG_OP USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE TRIGGER keep BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_event
    FOR EACH STATEMENT EXECUTE FUNCTION styrkedjan_keep_audit();
ALTER TABLE audit_event ENABLE ALWAYS TRIGGER chain, ENABLE ALWAYS TRIGGER keep;

-- Weed out what has had its time, from the start of each chain; the head remembers where the chain now begins.
-- Gives the number of rows removed.
CREATE FUNCTION styrkedjan_weed_audit(before timestamptz) RETURNS bigint
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    head public.audit_head;
    kept bigint;
    removed bigint := 0;
    here bigint;
BEGIN
    FOR head IN SELECT * FROM public.audit_head ORDER BY organiser FOR UPDATE LOOP
        SELECT coalesce(min(e.sequence), head.last_sequence + 1) INTO kept
        FROM public.audit_event e WHERE e.organiser = head.organiser AND e.at >= before;
        IF kept > head.first_sequence THEN
            UPDATE public.audit_head h SET first_sequence = kept, first_previous_hash = (
                SELECT e.hash FROM public.audit_event e WHERE e.organiser = h.organiser AND e.sequence = kept - 1)
            WHERE h.organiser = head.organiser;
            DELETE FROM public.audit_event e WHERE e.organiser = head.organiser AND e.sequence < kept;
            GET DIAGNOSTICS here = ROW_COUNT;
            removed := removed + here;
        END IF;
    END LOOP;
    RETURN removed;
END $$;

REVOKE ALL ON FUNCTION styrkedjan_chain(), styrkedjan_keep_audit(), styrkedjan_weed_audit(timestamptz) FROM PUBLIC;

-- The rows of the trail that had no chains yet.
DO $$ BEGIN
    IF to_regclass('public.audit_event_before_chains') IS NOT NULL THEN
        INSERT INTO audit_event
            (key, organiser, sequence, at, actor, role, place, event, about, facts, previous_hash, hash)
        SELECT gen_random_uuid(), '', 0, at, actor, role, '00', event, about, facts, '', ''
        FROM audit_event_before_chains ORDER BY id;
        DROP TABLE audit_event_before_chains;
    END IF;
END $$;
