"""The running house: settings, urls, the command line and the embedded database."""
