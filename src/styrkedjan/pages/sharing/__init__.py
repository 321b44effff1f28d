"""Working material of a place: written, compared, shared with an agency, and what the agency sees of it."""
