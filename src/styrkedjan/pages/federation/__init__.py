"""Pages of signing in through other systems: choose one, go there, and come back."""
