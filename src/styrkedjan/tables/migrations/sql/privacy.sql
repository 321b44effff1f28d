-- What the house holds about a person where she has no role: letters to her address and invitations sent to it. She
-- sees that she has been written to, and can have it taken away; nobody is shown anybody else's.

CREATE FUNCTION styrkedjan_letters_to_me()
RETURNS TABLE (kind text, made_at timestamptz, sent_at timestamptz, given_up_at timestamptz, attempts smallint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT m.kind, m.made_at, m.sent_at, m.given_up_at, m.attempts
    FROM public.outgoing_mail m JOIN public.person p ON p.email = m.recipient
    WHERE p.key::text = public.styrkedjan_person() ORDER BY m.made_at
$$;

CREATE FUNCTION styrkedjan_invitations_to_me()
RETURNS TABLE (name text, role text, place text, made_at timestamptz, expires_at timestamptz, used_at timestamptz,
    withdrawn_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT i.name, i.role, i.place, i.made_at, i.expires_at, i.used_at, i.withdrawn_at
    FROM public.invitation i JOIN public.person p ON p.email = i.email
    WHERE p.key::text = public.styrkedjan_person() ORDER BY i.made_at
$$;

-- Take away the letters and invitations that lead to a person, while her address is still known. Gives how many.
CREATE FUNCTION styrkedjan_forget(person uuid) RETURNS jsonb
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    address text;
    letters bigint;
    invitations bigint;
BEGIN
    SELECT p.email INTO address FROM public.person p WHERE p.key = styrkedjan_forget.person;
    DELETE FROM public.outgoing_mail m WHERE m.recipient = address;
    GET DIAGNOSTICS letters = ROW_COUNT;
    DELETE FROM public.invitation i WHERE i.email = address;
    GET DIAGNOSTICS invitations = ROW_COUNT;
    RETURN jsonb_build_object('outgoing_mail', letters, 'invitation', invitations);
END $$;

CREATE FUNCTION styrkedjan_forget_me() RETURNS jsonb
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT public.styrkedjan_forget(public.styrkedjan_person()::uuid)
$$;

REVOKE ALL ON FUNCTION styrkedjan_letters_to_me(), styrkedjan_invitations_to_me(), styrkedjan_forget(uuid),
    styrkedjan_forget_me() FROM PUBLIC;
