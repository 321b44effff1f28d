"""Statistics from outside: sources, landing of raw bytes, checks and the store. Knows no Django."""
