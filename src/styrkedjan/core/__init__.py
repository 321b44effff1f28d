"""Meaning: frozen values and pure functions. No clock, randomness, files, network or Django."""
