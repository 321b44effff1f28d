"""Self-assessment (självvärdering): campaigns, sheets of answers, what was counted, and the chain view."""
