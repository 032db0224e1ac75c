"""The entrance: the login, and the link that makes the first admin."""
