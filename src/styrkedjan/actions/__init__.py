"""Writing: an actor and an intention become rows and one audit row. Everything goes through ``_change``."""
