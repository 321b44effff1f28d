"""Self-assessment: campaigns and their groups, what was released of them, and the form behind a code."""
