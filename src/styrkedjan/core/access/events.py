"""What can happen and is written in the audit trail."""

from enum import StrEnum


class Event(StrEnum):
    """A kind of row in the audit trail (händelselogg). Its words stand under ``event.`` in the words files."""

    EDITION_PUBLISHED = "edition_published"
    STATISTICS_TAKEN_IN = "statistics_taken_in"
    STATISTICS_DISCARDED = "statistics_discarded"
    # Sign-in and the own account
    SIGN_IN_LINK_SENT = "sign_in_link_sent"
    SIGN_IN_STARTED = "sign_in_started"
    SIGN_IN_REFUSED = "sign_in_refused"
    SIGNED_IN = "signed_in"
    SIGNED_OUT = "signed_out"
    FACTOR_ADDED = "factor_added"
    FACTOR_USED = "factor_used"
    FACTOR_REMOVED = "factor_removed"
    IDENTITY_LINKED = "identity_linked"
    IDENTITY_UNLINKED = "identity_unlinked"
    ACCOUNT_CHANGED = "account_changed"
    # People and roles
    PERSON_ADDED = "person_added"
    PERSON_REMOVED = "person_removed"
    PERSON_INVITED = "person_invited"
    INVITATION_ACCEPTED = "invitation_accepted"
    INVITATION_WITHDRAWN = "invitation_withdrawn"
    ROLE_GRANTED = "role_granted"
    ROLE_CHANGED = "role_changed"
    ROLE_ENDED = "role_ended"
    # Working material and sharing
    PAPER_WRITTEN = "paper_written"
    PAPER_REMOVED = "paper_removed"
    PAPER_SHARED = "paper_shared"
    SHARE_WITHDRAWN = "share_withdrawn"
    SHARED_MATERIAL_READ = "shared_material_read"
    # Self-assessment. That somebody has answered is never an event.
    CAMPAIGN_OPENED = "campaign_opened"
    CAMPAIGN_CHANGED = "campaign_changed"
    CAMPAIGN_CLOSED = "campaign_closed"
    CAMPAIGN_REMOVED = "campaign_removed"
    PEOPLE_ASKED = "people_asked"
    PEOPLE_REMINDED = "people_reminded"
    ANSWERS_COUNTED = "answers_counted"
    ANSWERS_IMPORTED = "answers_imported"
    SHARED_RATING_SET = "shared_rating_set"
    OUTCOME_PUBLISHED = "outcome_published"
    RESULTS_CHOSEN = "results_chosen"
    # Running the house
    MAIL_TRIED = "mail_tried"
    REGISTER_EXTRACT_MADE = "register_extract_made"
    AUDIT_TRAIL_EXPORTED = "audit_trail_exported"
    RETENTION_RUN = "retention_run"
