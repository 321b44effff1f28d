-- Answering without an account. Whoever has a code or a link reaches her own group's form and her own sheet, through
-- these functions and nothing else: the site may neither list the sheets nor read who has answered.
--
-- Sheets are sealed to the campaign's public key before they come here and have no time; who has answered is another
-- table, written by another statement in a transaction of its own. Each can be seen change by whoever owns the
-- database, but what a sheet says can only be read with the site's key, which the database does not have; and when the
-- sheets are opened they are gone from here, together with the key, and only sums are left.

ALTER TABLE campaign ADD CONSTRAINT campaign_in_its_tenant CHECK (
    organiser <> '' AND (place = organiser OR place LIKE organiser || '-%'));
ALTER TABLE answering_group ADD CONSTRAINT answering_group_in_its_tenant CHECK (
    organiser <> '' AND (place = organiser OR place LIKE organiser || '-%'));
ALTER TABLE campaign ADD CONSTRAINT campaign_tenant UNIQUE (key, organiser);
ALTER TABLE answering_group ADD CONSTRAINT answering_group_tenant UNIQUE (key, organiser);
ALTER TABLE answering_group ADD CONSTRAINT answering_group_of_its_tenant
    FOREIGN KEY (campaign_id, organiser) REFERENCES campaign (key, organiser) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE asked_person ADD CONSTRAINT asked_person_of_its_tenant
    FOREIGN KEY (group_id, organiser) REFERENCES answering_group (key, organiser) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE tally ADD CONSTRAINT tally_of_its_tenant
    FOREIGN KEY (group_id, organiser) REFERENCES answering_group (key, organiser) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE answer_comment ADD CONSTRAINT answer_comment_of_its_tenant
    FOREIGN KEY (group_id, organiser) REFERENCES answering_group (key, organiser) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE shared_rating ADD CONSTRAINT shared_rating_of_its_tenant
    FOREIGN KEY (group_id, organiser) REFERENCES answering_group (key, organiser) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE answer_release ADD CONSTRAINT answer_release_of_its_tenant
    FOREIGN KEY (campaign_id, organiser) REFERENCES campaign (key, organiser) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE campaign_outcome ADD CONSTRAINT campaign_outcome_of_its_tenant
    FOREIGN KEY (campaign_id, organiser) REFERENCES campaign (key, organiser) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE campaign ENABLE ROW LEVEL SECURITY;
ALTER TABLE answering_group ENABLE ROW LEVEL SECURITY;
ALTER TABLE asked_person ENABLE ROW LEVEL SECURITY;
ALTER TABLE sheet ENABLE ROW LEVEL SECURITY;
ALTER TABLE counted_receipt ENABLE ROW LEVEL SECURITY;
ALTER TABLE tally ENABLE ROW LEVEL SECURITY;
ALTER TABLE answer_comment ENABLE ROW LEVEL SECURITY;
ALTER TABLE shared_rating ENABLE ROW LEVEL SECURITY;
ALTER TABLE answer_release ENABLE ROW LEVEL SECURITY;
ALTER TABLE campaign_outcome ENABLE ROW LEVEL SECURITY;

CREATE POLICY own_tenant ON campaign USING (organiser = ANY ((SELECT styrkedjan_organisers())::text[]));
CREATE POLICY own_tenant ON answering_group USING (organiser = ANY ((SELECT styrkedjan_organisers())::text[]));
CREATE POLICY own_tenant ON asked_person USING (organiser = ANY ((SELECT styrkedjan_organisers())::text[]));
CREATE POLICY own_tenant ON sheet USING (organiser = ANY ((SELECT styrkedjan_organisers())::text[]));
CREATE POLICY own_tenant ON counted_receipt USING (organiser = ANY ((SELECT styrkedjan_organisers())::text[]));
CREATE POLICY own_tenant ON tally USING (organiser = ANY ((SELECT styrkedjan_organisers())::text[]));
CREATE POLICY own_tenant ON answer_comment USING (organiser = ANY ((SELECT styrkedjan_organisers())::text[]));
CREATE POLICY own_tenant ON shared_rating USING (organiser = ANY ((SELECT styrkedjan_organisers())::text[]));
CREATE POLICY own_tenant ON answer_release USING (organiser = ANY ((SELECT styrkedjan_organisers())::text[]));
CREATE POLICY own_tenant ON campaign_outcome USING (organiser = ANY ((SELECT styrkedjan_organisers())::text[]));

-- A statement that counts the sheets of a campaign is alone with them; those that hand in share the lock.
CREATE FUNCTION styrkedjan_campaign_lock(campaign uuid) RETURNS bigint
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT ('x' || left(md5('campaign ' || campaign::text), 16))::bit(64)::bigint
$$;

CREATE FUNCTION styrkedjan_takes_sheets(c public.campaign) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT c.counted_at IS NULL AND c.removed_at IS NULL AND c.opens_at <= clock_timestamp()
        AND clock_timestamp() < c.closes_at + interval '15 minutes'
$$;

-- What a form needs to know: the group and its campaign, without anything of what others have answered.
CREATE FUNCTION styrkedjan_form_of(wanted uuid) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT jsonb_build_object(
        'group', jsonb_build_object(
            'key', g.key, 'place', g.place, 'level', g.level, 'kind', g.kind, 'asked_count', g.asked_count,
            'code', g.code, 'rolls_up', g.rolls_up, 'state', g.state, 'place_name', coalesce(u.name, o.name, '')),
        'campaign', to_jsonb(c) - 'sealed_key' - 'made_by' - 'in_briefing' - 'remind_asked_at',
        'organiser_name', coalesce(o.name, ''))
    FROM public.answering_group g JOIN public.campaign c ON c.key = g.campaign_id
    LEFT JOIN public.organiser o ON o.key = g.organiser
    LEFT JOIN public.school_unit u ON u.key = g.place
    WHERE g.key = wanted AND c.removed_at IS NULL
$$;

CREATE FUNCTION styrkedjan_form_by_code(wanted text) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT public.styrkedjan_form_of(g.key) FROM public.answering_group g WHERE g.code = wanted
$$;

-- By a link: the token itself is asked for, so that the hashes that stand in the table open nothing.
CREATE FUNCTION styrkedjan_form_by_link(token text) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT public.styrkedjan_form_of(a.group_id) || jsonb_build_object('answered', a.answered)
    FROM public.asked_person a WHERE a.link_hash = encode(sha256(convert_to(token, 'UTF8')), 'hex')
$$;

-- Put a sheet in the mailbox, or change the one that the receipt is for. Says what became of it: saved, changed (it had
-- been handed in before), closed, full (as many as were asked have handed in) or unknown.
CREATE FUNCTION styrkedjan_hand_in(wanted uuid, receipt text, content text, finished boolean) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    g public.answering_group;
    c public.campaign;
    held record;
BEGIN
    SELECT * INTO g FROM public.answering_group WHERE key = wanted;
    IF NOT FOUND THEN
        RETURN 'unknown';
    END IF;
    PERFORM pg_advisory_xact_lock_shared(public.styrkedjan_campaign_lock(g.campaign_id));
    SELECT * INTO c FROM public.campaign WHERE key = g.campaign_id;
    IF NOT public.styrkedjan_takes_sheets(c) THEN
        RETURN 'closed';
    END IF;
    IF length(content) > 400000 THEN
        RETURN 'unknown';
    END IF;
    -- One at a time within a group from here, so that as many as were asked can hand in and not one more.
    PERFORM pg_advisory_xact_lock(public.styrkedjan_campaign_lock(wanted));
    SELECT count(*) FILTER (WHERE s.handed_in) AS finished, count(*) AS begun,
        bool_or(s.receipt_hash = receipt) AS known, bool_or(s.receipt_hash = receipt AND s.handed_in) AS counted
        INTO held FROM public.sheet s WHERE s.group_id = wanted;
    IF finished AND held.finished >= g.asked_count AND NOT coalesce(held.counted, false) THEN
        RETURN 'full';
    END IF;
    -- Drafts may be more than those asked, since somebody can begin on two devices, but not without end.
    IF NOT finished AND held.begun >= 3 * g.asked_count + 20 AND NOT coalesce(held.known, false) THEN
        RETURN 'full';
    END IF;
    INSERT INTO public.sheet (receipt_hash, organiser, campaign_id, group_id, sealed, handed_in)
        VALUES (receipt, g.organiser, g.campaign_id, wanted, content, finished)
    ON CONFLICT (receipt_hash) DO UPDATE SET sealed = excluded.sealed,
        handed_in = sheet.handed_in OR excluded.handed_in WHERE sheet.group_id = excluded.group_id;
    RETURN CASE WHEN NOT FOUND THEN 'unknown' WHEN coalesce(held.counted, false) THEN 'changed' ELSE 'saved' END;
END $$;

-- That the link has been used: true the first time, and false ever after.
CREATE FUNCTION styrkedjan_use_link(token text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    UPDATE public.asked_person SET answered = true
        WHERE link_hash = encode(sha256(convert_to(token, 'UTF8')), 'hex') AND NOT answered;
    RETURN FOUND;
END $$;

-- The sheet behind a receipt: {"form": …, "sealed": …, "handed_in": …, "key": …} while it can be changed, {"counted":
-- campaign} when it has been counted, null when there is none.
CREATE FUNCTION styrkedjan_sheet(receipt text) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    told jsonb;
BEGIN
    SELECT jsonb_build_object('form', public.styrkedjan_form_of(s.group_id), 'sealed', s.sealed,
        'handed_in', s.handed_in, 'sealed_key', c.sealed_key) INTO told
    FROM public.sheet s JOIN public.campaign c ON c.key = s.campaign_id WHERE s.receipt_hash = receipt;
    IF FOUND THEN
        RETURN told;
    END IF;
    SELECT jsonb_build_object('counted', jsonb_build_object('title', c.title, 'counted_at', c.counted_at, 'kept', r.kept)) INTO told
    FROM public.counted_receipt r JOIN public.campaign c ON c.key = r.campaign_id WHERE r.receipt_hash = receipt;
    RETURN told;
END $$;

CREATE FUNCTION styrkedjan_take_back(receipt text) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    c public.campaign;
BEGIN
    SELECT c2.* INTO c FROM public.sheet s JOIN public.campaign c2 ON c2.key = s.campaign_id
        WHERE s.receipt_hash = receipt;
    IF NOT FOUND THEN
        RETURN CASE WHEN EXISTS (SELECT FROM public.counted_receipt WHERE receipt_hash = receipt)
            THEN 'closed' ELSE 'unknown' END;
    END IF;
    PERFORM pg_advisory_xact_lock_shared(public.styrkedjan_campaign_lock(c.key));
    SELECT * INTO c FROM public.campaign WHERE key = c.key;
    IF NOT public.styrkedjan_takes_sheets(c) THEN
        RETURN 'closed';
    END IF;
    DELETE FROM public.sheet WHERE receipt_hash = receipt;
    RETURN CASE WHEN FOUND THEN 'gone' ELSE 'unknown' END;
END $$;

-- How many have handed in, group by group, of a campaign in a tenant of whoever has entered. Never who.
CREATE FUNCTION styrkedjan_handed_in(wanted uuid) RETURNS TABLE (group_key uuid, sheets bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT s.group_id, count(*) FROM public.sheet s
    WHERE s.campaign_id = wanted AND s.handed_in AND s.organiser = ANY (public.styrkedjan_organisers())
    GROUP BY s.group_id
$$;

-- How many have been sent a link, group by group, and on which day they were last reminded. Never who has answered, nor
-- how many of them.
CREATE FUNCTION styrkedjan_asked(wanted uuid) RETURNS TABLE (group_key uuid, asked bigint, reminded_on date)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT a.group_id, count(*), max(a.reminded_on) FROM public.asked_person a
    JOIN public.answering_group g ON g.key = a.group_id
    WHERE g.campaign_id = wanted AND a.organiser = ANY (public.styrkedjan_organisers())
    GROUP BY a.group_id
$$;

-- The site closes a campaign now or later, never in the past: the quarter of an hour for whoever is writing passes, and
-- the mailbox cannot be emptied before it has.
CREATE FUNCTION styrkedjan_guard_closing() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NEW.closes_at < clock_timestamp() - interval '1 minute' AND current_user <>
        (SELECT tableowner FROM pg_tables WHERE schemaname = 'public' AND tablename = 'campaign') THEN
        RAISE EXCEPTION 'a campaign does not close in the past';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER guard_closing BEFORE UPDATE OF closes_at ON campaign FOR EACH ROW
    WHEN (NEW.closes_at IS DISTINCT FROM OLD.closes_at) EXECUTE FUNCTION styrkedjan_guard_closing();

-- Take every sheet out of the mailbox to be counted, in an order that has nothing to do with when they came. Drafts
-- are thrown away. The first row, without a group, says that the mailbox has been emptied; nothing at all is given
-- while the campaign takes sheets (unless its time is up and as many as were asked have handed in), nor when it has
-- been counted. The owner's alone: whoever counts for one tenant comes through the next function.
CREATE FUNCTION styrkedjan_take_sheets(wanted uuid) RETURNS TABLE (group_key uuid, receipt text, content text)
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    c public.campaign;
BEGIN
    PERFORM pg_advisory_xact_lock(public.styrkedjan_campaign_lock(wanted));
    SELECT * INTO c FROM public.campaign WHERE key = wanted;
    IF NOT FOUND OR c.counted_at IS NOT NULL OR c.removed_at IS NOT NULL OR c.closes_at > clock_timestamp() THEN
        RETURN;
    END IF;
    IF public.styrkedjan_takes_sheets(c) AND EXISTS (
        SELECT FROM public.answering_group g WHERE g.campaign_id = wanted AND g.asked_count >
            (SELECT count(*) FROM public.sheet s WHERE s.group_id = g.key AND s.handed_in)) THEN
        RETURN;
    END IF;
    RETURN QUERY SELECT NULL::uuid, NULL::text, NULL::text;
    RETURN QUERY
        WITH taken AS (DELETE FROM public.sheet s WHERE s.campaign_id = wanted RETURNING s.*)
        SELECT t.group_id, t.receipt_hash::text, t.sealed FROM taken t WHERE t.handed_in ORDER BY t.receipt_hash;
    DELETE FROM public.asked_person a USING public.answering_group g
        WHERE g.key = a.group_id AND g.campaign_id = wanted;
END $$;

CREATE FUNCTION styrkedjan_empty_mailbox(wanted uuid) RETURNS TABLE (group_key uuid, receipt text, content text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    -- Asked before, and not in a condition beside, so that a stranger's call never empties anything.
    IF EXISTS (SELECT FROM public.campaign c
            WHERE c.key = wanted AND c.organiser = ANY (public.styrkedjan_organisers())) THEN
        RETURN QUERY SELECT t.* FROM public.styrkedjan_take_sheets(wanted) t;
    END IF;
END $$;

-- What those who could answer may read after a campaign has been counted: what was released and what was decided.
-- Comments are for those who lead.
CREATE FUNCTION styrkedjan_outcome_by_code(wanted text) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT public.styrkedjan_form_of(g.key) || jsonb_build_object(
        'releases', coalesce((SELECT jsonb_object_agg(r.place, jsonb_set(r.contents, '{comments}', '[]')) FROM public.answer_release r
            WHERE r.campaign_id = g.campaign_id AND r.place IN (g.place, g.organiser)), '{}'),
        'outcomes', coalesce((SELECT jsonb_agg(jsonb_build_object(
            'factor', t.factor, 'heard', t.heard, 'decided', t.decided, 'published_at', t.published_at)
            ORDER BY t.published_at) FROM public.campaign_outcome t WHERE t.campaign_id = g.campaign_id), '[]'))
    FROM public.answering_group g WHERE g.code = wanted
$$;

-- Whoever has her account removed is no longer asked anything either. What she may have answered is nobody's to find.
CREATE FUNCTION styrkedjan_forget_asked() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    DELETE FROM public.asked_person WHERE email = OLD.email;
    RETURN NEW;
END $$;
CREATE TRIGGER forget_asked AFTER UPDATE ON person FOR EACH ROW
    WHEN (OLD.email IS NOT NULL AND NEW.email IS NULL) EXECUTE FUNCTION styrkedjan_forget_asked();

REVOKE ALL ON FUNCTION styrkedjan_forget_asked(), styrkedjan_campaign_lock(uuid), styrkedjan_takes_sheets(public.campaign),
    styrkedjan_form_of(uuid), styrkedjan_form_by_code(text), styrkedjan_form_by_link(text),
    styrkedjan_hand_in(uuid, text, text, boolean), styrkedjan_use_link(text), styrkedjan_sheet(text),
    styrkedjan_take_back(text), styrkedjan_handed_in(uuid), styrkedjan_asked(uuid),
    styrkedjan_take_sheets(uuid), styrkedjan_guard_closing(),
    styrkedjan_empty_mailbox(uuid), styrkedjan_outcome_by_code(text) FROM PUBLIC;
