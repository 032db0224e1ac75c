"""Authlib's token endpoint over our API clients: the grant of client credentials, and no other."""

from collections.abc import Mapping
from typing import Any

from authlib.oauth2.rfc6749 import AuthorizationServer, OAuth2Payload, OAuth2Request, grants
from authlib.oauth2.rfc6749.errors import (
    InvalidClientError,
    InvalidRequestError,
    InvalidScopeError,
    OAuth2Error,
    UnsupportedGrantTypeError,
)
from authlib.oauth2.rfc6750 import BearerTokenGenerator
from django.http import HttpResponse, JsonResponse

from api.oauth.granting import TooWide, granted
from api.rest.limits import Standing, count_request
from api.rest.proofs import NotProven, check
from fleets import api_tokens
from fleets.audit.entering import token_given
from fleets.models import ApiSecret
from fleets.programs import secrets
from fleets.storage import clock

_WRONG = "Wrong client_id or client_secret, or the client is not active."
_TWO = "The credentials in the Authorization header and those in the form are not the same: send one of them."


class NobodyWeKnow(InvalidClientError):
    """401; its challenge names a realm, as RFC 7617 wants it, which Authlib leaves out."""

    status_code = 401

    def get_headers(self) -> list[tuple[str, str]]:
        challenge = 'Basic realm="FleetRemote"'
        told = dict(super().get_headers())
        return [*(told | {"WWW-Authenticate": told["WWW-Authenticate"].replace("Basic", f"{challenge},", 1)}).items()]


class TooManyRequests(OAuth2Error):
    """The client's limits are used up."""

    error = "temporarily_unavailable"


class Asking:
    """An API client as Authlib sees it: a name, and once a right password was shown for it, that one with its client.

    Whether there is such a client makes no difference: name and password are looked up together, by one statement.
    """

    def __init__(self, client_id: str) -> None:
        self.client_id = client_id
        self.secret: ApiSecret | None = None

    @property
    def known(self) -> ApiSecret:
        """The password, of whoever has shown it."""
        assert self.secret is not None
        return self.secret

    def check_client_secret(self, secret: str) -> bool:
        found = secrets.find(self.client_id, secret)
        self.secret = self.secret or found
        return found is not None

    def check_endpoint_auth_method(self, _method: str, _endpoint: str) -> bool:
        return True

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type == "client_credentials"

    def get_allowed_scope(self, scope: str | None) -> str:
        """What is granted of what was asked for. Raises InvalidScopeError, which names what may be asked for."""
        try:
            return " ".join(granted(self.known.client, scope))
        except TooWide as error:
            raise InvalidScopeError(str(error)) from None


class ClientCredentials(grants.ClientCredentialsGrant):
    TOKEN_ENDPOINT_AUTH_METHODS = ["client_secret_basic", "client_secret_post"]


class Form(OAuth2Payload):
    """What stands in the body; nothing of the address, so that no secret gets into anybody's log."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        self._fields = dict(fields)

    @property
    def data(self) -> dict[str, str]:
        return self._fields

    @property
    def datalist(self) -> dict[str, list[str]]:
        return {name: [value] for name, value in self._fields.items()}


class TokenRequest(OAuth2Request):
    """A request to the token endpoint. TLS ends at the proxy, as for v3, so that it counts as https here."""

    def __init__(self, fields: Mapping[str, str], headers: Mapping[str, str], environ: Mapping[str, Any]) -> None:
        super().__init__("POST", "https://token", headers=headers)
        self.payload = Form(fields)
        self.environ = environ
        self.standing: Standing | None = None

    @property
    def form(self) -> dict[str, str]:
        return self.payload.data


class Server(AuthorizationServer):
    """One for all requests: it keeps nothing of any."""

    def create_oauth2_request(self, request: TokenRequest) -> TokenRequest:
        return request

    def get_token_grant(self, request: TokenRequest) -> ClientCredentials:
        """Raises UnsupportedGrantTypeError, whose words Authlib leaves out."""
        try:
            grant: ClientCredentials = super().get_token_grant(request)
        except UnsupportedGrantTypeError as error:
            error.description = f"The only grant_type here is {ClientCredentials.GRANT_TYPE}."
            raise
        return grant

    def query_client(self, client_id: str) -> Asking:
        return Asking(client_id)

    def authenticate_client(self, request: TokenRequest, methods: list[str], endpoint: str = "token") -> Asking:
        """Raises InvalidClientError, with the same words whatever is wrong, InvalidRequestError and TooManyRequests."""
        try:
            client: Asking = super().authenticate_client(request, methods, endpoint)
        except (InvalidClientError, ValueError):
            raise NobodyWeKnow(_WRONG) from None
        if not _is_one(client, request):
            raise InvalidRequestError(_TWO)
        try:
            check(client.known, request.environ, clock.now())
        except NotProven as error:
            raise NobodyWeKnow(str(error)) from None
        request.standing = count_request(client.known.client)
        if request.standing.retry_after is not None:
            raise TooManyRequests(f"Too many requests: try again in {request.standing.retry_after} s.", status_code=429)
        return client

    def save_token(self, token: dict[str, Any], request: TokenRequest) -> None:
        api_tokens.issue(request.client.known, token["access_token"], token["scope"].split())
        token_given(request.client.known.client)

    def send_signal(self, name: str, *args: Any, **kwargs: Any) -> None:
        """Nobody listens."""

    def handle_response(self, status: int, body: Any, headers: list[tuple[str, str]]) -> HttpResponse:
        answer = JsonResponse(dict(body), status=status)
        for name, value in headers:
            answer[name] = value
        return answer


def _is_one(client: Asking, request: TokenRequest) -> bool:
    """Whether all credentials that were sent are this client's: Authlib takes the first that are right."""
    kind = request.headers.get("Authorization", "").partition(" ")[0].lower()
    if kind == "basic" and request.auth_method != "client_secret_basic":
        return False
    client_id, secret = (request.form.get(name) for name in ("client_id", "client_secret"))
    return client_id in (None, client.client_id) and (secret is None or client.check_client_secret(secret))


def _server() -> Server:
    server = Server()
    server.register_grant(ClientCredentials)
    tokens = BearerTokenGenerator(
        lambda **_: api_tokens.new_token(),
        expires_generator=lambda _client, _grant_type: int(api_tokens.life().total_seconds()),
    )
    server.register_token_generator("default", tokens)
    return server


SERVER = _server()
