"""The own account: name and e-mail, ways to sign in, sessions and roles."""
