"""Tokens of API clients: made, recognised, and forgotten once they have ended."""

import hashlib
import hmac
import secrets
from collections.abc import Iterable
from datetime import timedelta

from django.conf import settings

from fleets.models import ApiClient, ApiToken
from fleets.storage import clock
from fleets.storage.rows import Rows, read_several
from fleets.storage.sql import run_prepared

_tokens, _clients = Rows(ApiToken, "token"), Rows(ApiClient, "client")
# Prepared, since each request asks for it.
_FOUND = f"""
SELECT {_tokens.columns}, {_clients.columns}
FROM fleets_apitoken token JOIN fleets_apiclient client ON client.id = token.client_id
WHERE token.digest = %(digest)s
"""  # noqa: S608


def life() -> timedelta:
    """How long a token is good for."""
    return timedelta(minutes=settings.API_TOKEN_MINUTES)


def issue(client: ApiClient, token: str, scopes: Iterable[str]) -> ApiToken:
    """Make a token good for its client, from now on."""
    now = clock.now()
    made = ApiToken(
        client=client,
        digest=_digest(token),
        secret_hash=client.secret_hash,
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
    """The token with its client, ended or not; None where it was never given out, or its client's password is another,
    or the client is not active any more.
    """
    rows = run_prepared(_FOUND, {"digest": _digest(token)})
    if not rows:
        return None
    found: ApiToken
    found, found.client = read_several(rows[0], _tokens, _clients)
    same_secret = hmac.compare_digest(found.secret_hash, found.client.secret_hash)
    return found if found.client.active and same_secret else None


def forget_old() -> None:
    ApiToken.objects.filter(expires_at__lte=clock.now()).delete()


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
