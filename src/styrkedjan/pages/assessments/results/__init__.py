"""Pages of the self-assessment: the chain view, the disclosure report and files."""
