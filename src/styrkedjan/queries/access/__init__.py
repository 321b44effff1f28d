"""Access: people and roles, signing in, letters, and the audit trail."""
