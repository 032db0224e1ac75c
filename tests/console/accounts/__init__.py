"""Accounts: the password, the address and the sessions that are one’s own."""
