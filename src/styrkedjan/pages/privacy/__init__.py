"""Pages of what the house keeps, who may what, how accessible it is, and a person's own data."""
