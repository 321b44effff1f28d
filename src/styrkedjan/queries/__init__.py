"""Reading: every query takes the viewer first and gives a value."""
