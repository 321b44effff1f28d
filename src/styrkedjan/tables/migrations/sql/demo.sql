-- The invented people of the demo with their roles, for the list to pick from before anybody has signed in. Gives
-- nothing at all where a single real person has an account.
CREATE FUNCTION styrkedjan_invented_people()
RETURNS TABLE (key uuid, name text, role text, place text, place_name text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT p.key, p.name, g.role, g.place, coalesce(u.name, o.name, '')
    FROM public.person p
    LEFT JOIN public.role_grant g ON g.person_id = p.key AND g.starts_at <= clock_timestamp()
        AND (g.ends_at IS NULL OR g.ends_at > clock_timestamp())
    LEFT JOIN public.organiser o ON o.key = g.organiser
    LEFT JOIN public.school_unit u ON u.key = g.place
    WHERE p.removed_at IS NULL AND NOT EXISTS (SELECT FROM public.person r WHERE NOT r.invented)
    ORDER BY p.created_at, p.name, p.key, g.place COLLATE "C", g.role COLLATE "C"
$$;

REVOKE ALL ON FUNCTION styrkedjan_invented_people() FROM PUBLIC;
