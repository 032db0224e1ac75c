"""The token endpoint: client credentials for a bearer token. Errors are those of RFC 6749, section 5.2."""

import base64
import binascii
import hmac
import secrets
from collections.abc import Collection
from hashlib import sha256
from urllib.parse import unquote_plus

from aiohttp import web

from protocol.canonical import JsonObject
from simulator import world
from simulator.api.request import CLOUD
from simulator.cloud import Cloud
from simulator.scopes import KNOWN

routes = web.RouteTableDef()
PATH = "/as/token.oauth2"

_NO_STORE = {"Cache-Control": "no-store", "Pragma": "no-cache"}


class _Refused(Exception):
    """No token: an error of RFC 6749 and words."""

    def __init__(self, error: str, words: str, status: int = 400) -> None:
        super().__init__(words)
        self.error = error
        self.status = status


@routes.post(PATH)
async def give(request: web.Request) -> web.Response:
    """A token for the account, if its client has proved who it is and asks for scopes that there are."""
    cloud = request.app[CLOUD]
    if cloud.luck(None, False).strikes("no_token") is not None:
        return _answer({"error": "temporarily_unavailable", "error_description": "No tokens now (a fault)."}, 503)
    try:
        form = {key: value for key, value in (await request.post()).items() if isinstance(value, str)}
        _check_client(request, form)
        if form.get("grant_type") != "client_credentials":
            raise _Refused("unsupported_grant_type", "Only client_credentials is granted here.")
        granted = _granted(form.get("scope", ""), cloud.settings.scopes)
    except _Refused as refused:
        basic = {"WWW-Authenticate": 'Basic realm="token"'} if refused.status == 401 else {}
        return _answer({"error": refused.error, "error_description": str(refused)}, refused.status, basic)
    token = issue(cloud, granted)
    seconds = cloud.token_seconds
    given = {"access_token": token, "token_type": "Bearer", "expires_in": seconds, "scope": " ".join(sorted(granted))}
    return _answer(given, 200)


def _answer(body: JsonObject, status: int, headers: dict[str, str] | None = None) -> web.Response:
    return web.json_response(body, status=status, headers={**_NO_STORE, **(headers or {})})


def _check_client(request: web.Request, form: dict[str, str]) -> None:
    """A certificate is enough; without one the secret must be there. A secret that is there must be right."""
    basic = _basic(request)
    if basic is not None and "client_secret" in form:
        raise _Refused("invalid_request", "The secret stands in the header and in the form; one of them is enough.")
    client_id, secret = basic or (form.get("client_id", ""), form.get("client_secret"))
    if not hmac.compare_digest(client_id.encode(), world.V1_CLIENT_ID.encode()):
        raise _Refused("invalid_client", "No such client.", 401)
    if form.get("client_id", client_id) != client_id:
        raise _Refused("invalid_request", "The client_id of the form is not that of the header.")
    if secret is None and not has_certificate(request):
        raise _Refused("invalid_client", "A TLS client certificate or the client's secret is required.", 401)
    if secret is not None and not hmac.compare_digest(secret.encode(), world.V1_CLIENT_SECRET.encode()):
        raise _Refused("invalid_client", "The client's secret is wrong.", 401)


def _basic(request: web.Request) -> tuple[str, str] | None:
    """User and password of HTTP Basic, which are form-encoded here (RFC 6749, section 2.3.1); None without."""
    scheme, _, encoded = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        user, _, password = base64.b64decode(encoded.strip(), validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        raise _Refused("invalid_client", "The Authorization header can't be read.", 401) from None
    return unquote_plus(user), unquote_plus(password)


def has_certificate(request: web.Request) -> bool:
    """Whether the client showed a certificate in the handshake; one of another CA does not get so far."""
    return request.transport is not None and bool(request.transport.get_extra_info("peercert"))


def _granted(asked: str, account: Collection[str]) -> frozenset[str]:
    """What was asked for and the account has; all that it has where nothing was asked for."""
    wanted = frozenset(asked.split())
    unknown = wanted - KNOWN
    if unknown:
        raise _Refused("invalid_scope", f"There is no scope {', '.join(sorted(unknown))}.")
    return wanted & frozenset(account) if wanted else frozenset(account)


def issue(cloud: Cloud, granted: Collection[str]) -> str:
    """A new token. Of it only a digest is kept."""
    token, now = secrets.token_urlsafe(32), cloud.clock.now()
    cloud.db.run("DELETE FROM tokens WHERE expires < ?", now)
    expires = now + cloud.token_seconds
    cloud.db.run("INSERT INTO tokens VALUES (?, ?, ?)", _digest(token), " ".join(sorted(granted)), expires)
    return token


def scopes_of(cloud: Cloud, authorization: str) -> frozenset[str] | None:
    """What the bearer token of an Authorization header opens; None for none, a wrong one, and one that has ended."""
    scheme, _, token = authorization.partition(" ")
    sql = "SELECT scopes FROM tokens WHERE digest = ? AND expires > ?"
    found = cloud.db.value(sql, _digest(token.strip()), cloud.clock.now())
    return None if scheme.lower() != "bearer" or found is None else frozenset(found.split())


def revoke_all(cloud: Cloud) -> int:
    """Forget all tokens; how many there were."""
    return cloud.db.run("DELETE FROM tokens")


def _digest(token: str) -> str:
    return sha256(token.encode()).hexdigest()
