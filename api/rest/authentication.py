"""HTTP Basic and `?client_id=` (fleet-owner-v3.yaml, securitySchemes): both must belong to one active API client."""

import base64

from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from api.rest.proofs import NotProven, check
from fleets.models import ApiClient
from fleets.programs import secrets
from fleets.storage import clock

_WRONG = "Wrong credentials: send HTTP Basic and ?client_id= of an active API client."


class ApiClientAuthentication(BaseAuthentication):
    def authenticate(self, request: Request) -> tuple[ApiClient, None] | None:
        kind, _, credentials = request.headers.get("Authorization", "").partition(" ")
        client_id = request.query_params.get("client_id", "")
        if kind.lower() != "basic" or not client_id or "\x00" in client_id:
            return None
        username, password = _basic(credentials)
        secret = secrets.find(client_id, password)
        if secret is None or secret.client.username != username:
            raise AuthenticationFailed(_WRONG)
        try:
            check(secret, request.META, clock.now())
        except NotProven as error:
            raise AuthenticationFailed(str(error)) from None
        secret.client.used_secret = secret
        return secret.client, None

    def authenticate_header(self, request: Request) -> str:
        return 'Basic realm="FleetRemote"'


def _basic(credentials: str) -> tuple[str, str]:
    try:
        username, _, secret = base64.b64decode(credentials, validate=True).decode().partition(":")
    except ValueError:
        raise AuthenticationFailed(_WRONG) from None
    return username, secret
