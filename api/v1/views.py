"""What every endpoint of v1 is: reached with a token, which must have one of the scopes that the method wants."""

from collections.abc import Mapping, Sequence
from typing import cast

from rest_framework.request import Request

from api.oauth.authentication import BearerAuthentication, Scopes
from api.rest.errors import ApiError
from api.rest.views import ApiView
from api.v1.errors import ERRORS
from protocol.v1 import scopes


def granted(request: Request) -> Scopes:
    """The scopes of the caller's token."""
    return cast(Scopes, request.auth)


def missing_scope(*wanted: str) -> ApiError:
    """403 that names the scopes of which one is wanted."""
    challenge = f'Bearer realm="FleetRemote", error="insufficient_scope", scope="{" ".join(wanted)}"'
    words = f"The token lacks the scope {' or '.join(wanted)}."
    return ApiError(403, words, headers={"WWW-Authenticate": challenge})


class V1View(ApiView):
    """`scopes`: by method, those of which one is enough. `described_scopes`: the same where the request's body or the
    rows decide which one it must be.
    """

    error_shape = ERRORS
    authentication_classes = (BearerAuthentication,)
    scopes: Mapping[str, Sequence[str]] = {}
    described_scopes: Mapping[str, Sequence[str]] = {}

    def check_permissions(self, request: Request) -> None:
        super().check_permissions(request)
        wanted = self.scopes.get("GET" if request.method == "HEAD" else str(request.method), ())
        if wanted and not scopes.has(granted(request), *wanted):
            raise missing_scope(*wanted)
