"""OAuth2 client credentials (RFC 6749, RFC 6750): tokens for API clients, and what a token lets them do."""
