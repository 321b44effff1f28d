"""Rows: one Django app, a file per noun. Nothing here decides anything."""
