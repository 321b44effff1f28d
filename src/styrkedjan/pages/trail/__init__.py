"""Pages of the audit trail (händelselogg)."""
