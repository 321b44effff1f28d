"""The sweep: every address of the site, by every role and by strangers."""
