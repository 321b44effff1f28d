"""One module per source and format; each ends in a Tidy."""
