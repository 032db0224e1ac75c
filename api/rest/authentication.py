"""HTTP Basic and `?client_id=` (fleet-owner-v3.yaml, securitySchemes): both must belong to one active API client."""

import base64

from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from fleets.models import ApiClient
from fleets.storage import clock
from fleets.storage.rows import Rows
from fleets.storage.sql import run_prepared

_clients = Rows(ApiClient, "client")
# Prepared, since each request asks for it.
_ACTIVE = f"SELECT {_clients.columns} FROM fleets_apiclient client WHERE client_id = %(client_id)s AND active"  # noqa: S608
_WRONG = "Wrong credentials: send HTTP Basic and ?client_id= of an active API client."
_OVER = "This API client's password ended on %s. Ask whoever manages FleetRemote for a new one."


class ApiClientAuthentication(BaseAuthentication):
    def authenticate(self, request: Request) -> tuple[ApiClient, None] | None:
        kind, _, credentials = request.headers.get("Authorization", "").partition(" ")
        client_id = request.query_params.get("client_id", "")
        if kind.lower() != "basic" or not client_id or "\x00" in client_id:
            return None
        username, secret = _basic(credentials)
        rows = run_prepared(_ACTIVE, {"client_id": client_id})
        client = _clients.read(rows[0]) if rows else None
        if client is None or client.username != username or not client.check_secret(secret):
            raise AuthenticationFailed(_WRONG)
        if client.secret_is_over(clock.now()):
            raise AuthenticationFailed(_OVER % f"{client.secret_ends_at:%Y-%m-%d %H:%M} UTC")
        return client, None

    def authenticate_header(self, request: Request) -> str:
        return 'Basic realm="FleetRemote"'


def _basic(credentials: str) -> tuple[str, str]:
    try:
        username, _, secret = base64.b64decode(credentials, validate=True).decode().partition(":")
    except ValueError:
        raise AuthenticationFailed(_WRONG) from None
    return username, secret
