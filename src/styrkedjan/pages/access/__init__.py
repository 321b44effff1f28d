"""Pages about access: signing in, the own account, people and roles, and the audit trail."""
