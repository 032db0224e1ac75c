"""Accounts: what everybody has of their own, the password, the address and the sessions (docs/accounts.md)."""
