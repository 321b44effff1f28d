"""Pages of the self-assessment: the shared rating, and what came of it."""
