"""Single sign-on by OpenID Connect: people come in by the provider of their company (docs/accounts.md)."""
