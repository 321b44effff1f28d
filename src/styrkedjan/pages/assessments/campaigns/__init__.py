"""Pages of the self-assessment: opening, following and closing a campaign."""
