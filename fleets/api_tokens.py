"""Tokens of API clients: made, recognised, and forgotten once they have ended."""

import secrets
from collections.abc import Iterable
from datetime import timedelta

from django.conf import settings

from fleets.models import ApiClient, ApiSecret, ApiToken
from fleets.models.api_client import digest_of
from fleets.storage import clock
from fleets.storage.rows import Rows, read_several
from fleets.storage.sql import run_prepared

_tokens, _secrets, _clients = Rows(ApiToken, "token"), Rows(ApiSecret, "secret"), Rows(ApiClient, "client")
# Prepared, since each request asks for it.
_FOUND = f"""
SELECT {_tokens.columns}, {_secrets.columns}, {_clients.columns}
FROM fleets_apitoken token
JOIN fleets_apisecret secret ON secret.id = token.secret_id
JOIN fleets_apiclient client ON client.id = secret.client_id
WHERE token.digest = %(digest)s AND client.active
"""  # noqa: S608


def life() -> timedelta:
    """How long a token is good for."""
    return timedelta(minutes=settings.API_TOKEN_MINUTES)


def issue(secret: ApiSecret, token: str, scopes: Iterable[str]) -> ApiToken:
    """Make a token good for the client of that password, which asked with it, from now on."""
    now = clock.now()
    made = ApiToken(
        client_id=secret.client_id,
        digest=digest_of(token),
        secret=secret,
        scopes=list(scopes),
        issued_at=now,
        expires_at=now + life(),
    )
    _tokens.insert(made)
    return made


def new_token() -> str:
    """256 random bits, as RFC 6750 writes a token."""
    return secrets.token_urlsafe(32)


def find(token: str) -> ApiToken | None:
    """The token with its client and the password that it was given for, ended or not; None where it was never given
    out, or its client is not active any more.
    """
    rows = run_prepared(_FOUND, {"digest": digest_of(token)})
    if not rows:
        return None
    found: ApiToken
    found, found.secret, found.client = read_several(rows[0], _tokens, _secrets, _clients)
    return found


def forget_old() -> None:
    ApiToken.objects.filter(expires_at__lte=clock.now()).delete()
