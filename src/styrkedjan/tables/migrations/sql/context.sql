-- Who looks, as the database knows it: a context that it signs itself and that dies with the transaction.
--
-- SQL run as the site's role can set styrkedjan.context to anything, but only the owner reads the secret that signs
-- it, and the process and the time of the transaction are part of what is signed: it can be neither made, edited nor
-- used again. Whoever looks proves it with the token in the cookie; its hash, which the site can read, opens nothing.

CREATE TABLE access_secret (secret text NOT NULL);
INSERT INTO access_secret VALUES (gen_random_uuid()::text || gen_random_uuid()::text);

-- Hashed twice, so that nothing can be added to what has been signed.
CREATE FUNCTION styrkedjan_signature(payload text) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT encode(sha256(convert_to(secret, 'UTF8') || sha256(convert_to(secret || payload, 'UTF8'))), 'hex')
    FROM public.access_secret
$$;

CREATE FUNCTION styrkedjan_remember(context jsonb) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    payload text := context || jsonb_build_object(
        'pid', pg_backend_pid(), 'at', extract(epoch FROM transaction_timestamp()));
BEGIN
    PERFORM set_config('styrkedjan.context', payload || '.' || public.styrkedjan_signature(payload), true);
END $$;

-- The context when it is genuine and of this very transaction; null otherwise.
CREATE FUNCTION styrkedjan_context() RETURNS jsonb
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    written text := current_setting('styrkedjan.context', true);
    payload text := left(written, -65);
    found jsonb;
BEGIN
    IF coalesce(length(written), 0) < 66 OR right(written, 64) <> public.styrkedjan_signature(payload) THEN
        RETURN NULL;
    END IF;
    found := payload::jsonb;
    IF (found ->> 'pid')::integer <> pg_backend_pid()
        OR (found ->> 'at')::numeric <> extract(epoch FROM transaction_timestamp()) THEN
        RETURN NULL;
    END IF;
    RETURN found;
END $$;

CREATE FUNCTION styrkedjan_person() RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT public.styrkedjan_context() ->> 'person'
$$;

CREATE FUNCTION styrkedjan_organisers() RETURNS text[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT ARRAY(SELECT jsonb_array_elements_text(public.styrkedjan_context() -> 'organisers'))
$$;

CREATE FUNCTION styrkedjan_agencies() RETURNS text[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT ARRAY(SELECT jsonb_array_elements_text(public.styrkedjan_context() -> 'agencies'))
$$;

CREATE FUNCTION styrkedjan_is_operator() RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT coalesce((public.styrkedjan_context() ->> 'operator')::boolean, false)
$$;

-- The invitation whose link has been followed in this transaction: key, role, place, organiser, and whether it is live.
CREATE FUNCTION styrkedjan_invitation() RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT public.styrkedjan_context() -> 'invitation'
$$;

-- Enter with the token of a live session: sets the context, and gives the viewer. Null when there is no such session.
-- The time is that of the clock, so that what ended a moment ago has ended also for a transaction already begun.
CREATE FUNCTION styrkedjan_enter(token text) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    moment timestamptz := clock_timestamp();
    who record;
    held record;
BEGIN
    PERFORM set_config('styrkedjan.context', '', true);
    SELECT s.key AS session, s.assurance, s.seen_at, p.key AS person, p.name INTO who
    FROM public.sign_in_session s JOIN public.person p ON p.key = s.person_id
    WHERE s.token_hash = encode(sha256(convert_to(token, 'UTF8')), 'hex')
        AND s.ended_at IS NULL AND s.expires_at > moment AND s.seen_at > moment - interval '4 hours'
        AND p.removed_at IS NULL;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    IF who.seen_at < moment - interval '5 minutes' THEN
        -- Another request of the same browser may be writing the same: it is enough that one does.
        UPDATE public.sign_in_session SET seen_at = moment WHERE key = (
            SELECT key FROM public.sign_in_session WHERE key = who.session FOR NO KEY UPDATE SKIP LOCKED);
    END IF;
    SELECT
        coalesce(jsonb_agg(
            jsonb_build_object(
                'role', g.role, 'place', g.place, 'place_name', coalesce(u.name, o.name, ''), 'ends_at', g.ends_at)
            ORDER BY coalesce(u.sort_key, o.sort_key, g.place) COLLATE "C", g.place COLLATE "C", g.role COLLATE "C"
        ), '[]') AS grants,
        coalesce(jsonb_agg(DISTINCT g.organiser) FILTER (WHERE g.organiser <> ''), '[]') AS organisers,
        coalesce(jsonb_agg(DISTINCT g.place) FILTER (
            WHERE g.role = 'dialogue_lead' AND g.organiser = '' AND g.place IN ('skolverket', 'spsm')), '[]') AS agencies,
        coalesce(bool_or(g.role = 'operator' AND g.organiser = ''), false) AS operator
    INTO held
    FROM public.role_grant g
    LEFT JOIN public.organiser o ON o.key = g.organiser
    LEFT JOIN public.school_unit u ON u.key = g.place
    WHERE g.person_id = who.person AND g.starts_at <= moment AND (g.ends_at IS NULL OR g.ends_at > moment);
    PERFORM public.styrkedjan_remember(jsonb_build_object(
        'person', who.person, 'organisers', held.organisers, 'agencies', held.agencies, 'operator', held.operator));
    RETURN jsonb_build_object(
        'person', who.person, 'name', who.name, 'session', who.session, 'assurance', who.assurance, 'now', moment,
        'grants', held.grants);
END $$;

-- Follow the link of an invitation: shows that invitation, and while it is live lets it be used and the one role that
-- it gives be written; nothing else. Whoever has entered stays entered. Gives the invitation, null when there is none.
CREATE FUNCTION styrkedjan_enter_by_invitation(token_hash text) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    link public.invitation;
BEGIN
    SELECT i.* INTO link FROM public.invitation i WHERE i.token_hash = styrkedjan_enter_by_invitation.token_hash;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    PERFORM public.styrkedjan_remember(coalesce(public.styrkedjan_context(), '{}') || jsonb_build_object(
        'invitation', jsonb_build_object(
            'key', link.key, 'role', link.role, 'place', link.place, 'organiser', link.organiser,
            'live', link.used_at IS NULL AND link.withdrawn_at IS NULL AND link.expires_at > clock_timestamp())));
    RETURN to_jsonb(link) - 'token_hash';
END $$;

REVOKE ALL ON access_secret FROM PUBLIC;
REVOKE ALL ON FUNCTION styrkedjan_signature(text), styrkedjan_remember(jsonb), styrkedjan_context(),
    styrkedjan_person(), styrkedjan_organisers(), styrkedjan_agencies(), styrkedjan_is_operator(),
    styrkedjan_invitation(), styrkedjan_enter(text), styrkedjan_enter_by_invitation(text) FROM PUBLIC;
