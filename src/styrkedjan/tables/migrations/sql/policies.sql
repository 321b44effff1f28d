-- The second wall. The policies bind every role but the owner, who runs migrations and the operator's commands.
-- Each (SELECT f()) runs once per query, whatever the number of rows.

-- A place role lies in its own organiser's tenant, and a national role in none: whatever else is written, a role
-- given in one tenant opens no other.
ALTER TABLE role_grant ADD CONSTRAINT role_grant_in_its_tenant CHECK (
    CASE WHEN role IN ('dialogue_lead', 'analyst', 'catalogue_editor', 'operator')
        THEN organiser = '' AND place IN ('skolverket', 'spsm', '00')
        ELSE organiser <> '' AND (place = organiser OR place LIKE organiser || '-%') END);
ALTER TABLE invitation ADD CONSTRAINT invitation_in_its_tenant CHECK (
    CASE WHEN role IN ('dialogue_lead', 'analyst', 'catalogue_editor', 'operator')
        THEN organiser = '' AND place IN ('skolverket', 'spsm', '00')
        ELSE organiser <> '' AND (place = organiser OR place LIKE organiser || '-%') END);
ALTER TABLE working_paper ADD CONSTRAINT working_paper_in_its_tenant CHECK (
    organiser <> '' AND (place = organiser OR place LIKE organiser || '-%'));

-- A version belongs to the tenant of its paper, and a receipt to that of its version.
ALTER TABLE working_paper ADD CONSTRAINT working_paper_tenant UNIQUE (key, organiser);
ALTER TABLE paper_version ADD CONSTRAINT paper_version_tenant UNIQUE (key, organiser);
ALTER TABLE paper_version ADD CONSTRAINT paper_version_of_its_tenant
    FOREIGN KEY (paper_id, organiser) REFERENCES working_paper (key, organiser) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE share ADD CONSTRAINT share_of_its_tenant
    FOREIGN KEY (version_id, organiser) REFERENCES paper_version (key, organiser) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE role_grant ENABLE ROW LEVEL SECURITY;
ALTER TABLE invitation ENABLE ROW LEVEL SECURITY;
ALTER TABLE working_paper ENABLE ROW LEVEL SECURITY;
ALTER TABLE paper_version ENABLE ROW LEVEL SECURITY;
ALTER TABLE share ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit_event ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit_head ENABLE ROW LEVEL SECURITY;

CREATE POLICY own_tenant ON role_grant USING (organiser = ANY ((SELECT styrkedjan_organisers())::text[]));
CREATE POLICY operator ON role_grant USING ((SELECT styrkedjan_is_operator()));
CREATE POLICY own_roles ON role_grant FOR SELECT USING (person_id::text = (SELECT styrkedjan_person()));
-- A role that holds can be left, and not be held longer. The margin is for clocks that differ.
CREATE POLICY leave ON role_grant FOR UPDATE
    USING (person_id::text = (SELECT styrkedjan_person()) AND (ends_at IS NULL OR ends_at > now()))
    WITH CHECK (person_id::text = (SELECT styrkedjan_person()) AND ends_at <= clock_timestamp() + interval '1 minute');
CREATE POLICY invited ON role_grant FOR SELECT USING (
    ((SELECT styrkedjan_invitation()) ->> 'live')::boolean AND
    role = (SELECT styrkedjan_invitation()) ->> 'role' AND place = (SELECT styrkedjan_invitation()) ->> 'place');
CREATE POLICY accept ON role_grant FOR INSERT WITH CHECK (
    ((SELECT styrkedjan_invitation()) ->> 'live')::boolean AND
    role = (SELECT styrkedjan_invitation()) ->> 'role' AND place = (SELECT styrkedjan_invitation()) ->> 'place');

CREATE POLICY own_tenant ON invitation USING (organiser = ANY ((SELECT styrkedjan_organisers())::text[]));
CREATE POLICY operator ON invitation USING ((SELECT styrkedjan_is_operator()));
CREATE POLICY invited ON invitation FOR SELECT USING (key::text = (SELECT styrkedjan_invitation()) ->> 'key');
CREATE POLICY accept ON invitation FOR UPDATE
    USING (key::text = (SELECT styrkedjan_invitation()) ->> 'key')
    WITH CHECK (
        ((SELECT styrkedjan_invitation()) ->> 'live')::boolean
        AND key::text = (SELECT styrkedjan_invitation()) ->> 'key'
        AND role = (SELECT styrkedjan_invitation()) ->> 'role'
        AND place = (SELECT styrkedjan_invitation()) ->> 'place'
        AND organiser = (SELECT styrkedjan_invitation()) ->> 'organiser');

CREATE POLICY own_tenant ON working_paper USING (organiser = ANY ((SELECT styrkedjan_organisers())::text[]));
CREATE POLICY own_tenant ON paper_version USING (organiser = ANY ((SELECT styrkedjan_organisers())::text[]));
CREATE POLICY own_tenant ON share USING (organiser = ANY ((SELECT styrkedjan_organisers())::text[]));
CREATE POLICY receiver ON share FOR SELECT USING (
    withdrawn_at IS NULL AND agency = ANY ((SELECT styrkedjan_agencies())::text[]));
CREATE POLICY receiver ON paper_version FOR SELECT USING (EXISTS (
    SELECT FROM share s WHERE s.version_id = paper_version.key
        AND s.withdrawn_at IS NULL AND s.agency = ANY ((SELECT styrkedjan_agencies())::text[])));
CREATE POLICY receiver ON working_paper FOR SELECT USING (EXISTS (
    SELECT FROM paper_version v JOIN share s ON s.version_id = v.key WHERE v.paper_id = working_paper.key
        AND s.withdrawn_at IS NULL AND s.agency = ANY ((SELECT styrkedjan_agencies())::text[])));

CREATE POLICY write_down ON audit_event FOR INSERT WITH CHECK (true);
CREATE POLICY own_tenant ON audit_event FOR SELECT USING (
    organiser = ANY ((SELECT styrkedjan_organisers())::text[]));
CREATE POLICY own_doings ON audit_event FOR SELECT USING (actor = (SELECT styrkedjan_person()));
CREATE POLICY operator ON audit_event FOR SELECT USING (organiser = '' AND (SELECT styrkedjan_is_operator()));

CREATE POLICY own_tenant ON audit_head FOR SELECT USING (
    organiser = ANY ((SELECT styrkedjan_organisers())::text[]));
CREATE POLICY operator ON audit_head FOR SELECT USING (organiser = '' AND (SELECT styrkedjan_is_operator()));
