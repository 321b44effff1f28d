"""Signing in: by a link, a passkey or a code, and signing out."""
