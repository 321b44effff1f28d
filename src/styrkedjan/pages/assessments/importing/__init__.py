"""Pages of the self-assessment: answers collected elsewhere."""
