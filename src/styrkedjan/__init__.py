"""Styrkedjan: Sweden's national quality system for schools, as software."""
