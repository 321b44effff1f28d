"""Pages of the self-assessment: answering with a code or a link, and the receipt."""
