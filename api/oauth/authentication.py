"""Bearer tokens (RFC 6750), and `?client_id=`, which may be left out: where it is given, the token must be its."""

from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from api.rest.proofs import NotProven, check
from fleets import api_tokens
from fleets.models import ApiClient
from fleets.storage import clock

Scopes = frozenset[str]

_WRONG = "This token is not known here, or worth nothing any more: ask the token endpoint for a new one."
_ENDED = "This token ended at %s: ask the token endpoint for a new one."
_OF_ANOTHER = "client_id: is not that of the client to whom this token was given."
# Longer ones were never given out.
_LONGEST = 200


class BearerAuthentication(BaseAuthentication):
    """`request.user` is the API client, `request.auth` the scopes that the token was granted."""

    def authenticate(self, request: Request) -> tuple[ApiClient, Scopes] | None:
        token = _bearer(request)
        if not token:
            return None
        found = api_tokens.find(token) if len(token) <= _LONGEST else None
        if found is None:
            raise AuthenticationFailed(_WRONG)
        now = clock.now()
        if found.expires_at <= now:
            raise AuthenticationFailed(_ENDED % f"{found.expires_at:%Y-%m-%d %H:%M:%S} UTC")
        found.secret.client = found.client
        try:
            check(found.secret, request.META, now)
        except NotProven as error:
            raise AuthenticationFailed(str(error)) from None
        if request.query_params.get("client_id", found.client.client_id) != found.client.client_id:
            raise AuthenticationFailed(_OF_ANOTHER)
        found.client.used_secret = found.secret
        return found.client, frozenset(found.scopes)

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="FleetRemote"' + (', error="invalid_token"' if _bearer(request) else "")


def _bearer(request: Request) -> str:
    """The token; empty without."""
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if kind.lower() == "bearer" else ""
