"""Self-assessment: opening campaigns, answering them unseen, counting, and what comes after."""
