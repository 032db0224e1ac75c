"""Connected Car v1's token endpoint, at a port of its own: it can be down, slow, refuse, and lie about what it gives.

OAuth2's client credentials: a secret, as Basic or in the form, or in its place a client certificate over TLS. Any
client is known whose id is CLIENT, or begins with it and a hyphen.
"""

import base64
import ssl
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from http.server import ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from tests.clouds.book import HTML, Answer
from tests.clouds.web import Connection

PATH = "/as/token.oauth2"
CLIENT, SECRET = "partner", "the secret of it"
SCOPES = frozenset(
    {"channel", "channel:write", "data:vehicle", "data:telemetry", "remote"}
    | {f"remote:{name}:write" for name in ("locking", "horn", "lights", "preconditioning", "charging", "wakeUp")}
    | {f"remote:{name}:write" for name in ("onboardPersonalData", "navigation", "vehicleFinder")}
)
"""What may be asked for: v1 names no scope for the other types."""
AS_IT_IS = "as it is"


@dataclass(frozen=True)
class Desk:
    """How tokens are given from now on.

    `down`: nothing listens. `answer`: a key of REFUSALS in place of a token. `seconds`: how long an answer takes.
    `life`: for how many seconds a token is good. `expires_in`: what is said of that; None: nothing. `scope`: what is
    granted at most, in place of all that may be asked for. `revoked`: so many of the API's next requests are refused,
    and their tokens with them; below 0: all.
    """

    down: bool = False
    answer: str = ""
    seconds: float = 0.0
    life: float = 3600.0
    expires_in: Any = AS_IT_IS
    scope: str = AS_IT_IS
    revoked: int = 0


@dataclass
class Count:
    """Requests for a token `in_all`, the most `at_once`, those `granted`, and by client."""

    in_all: int = 0
    at_once: int = 0
    under_way: int = 0
    granted: int = 0
    refused_at_the_api: int = 0
    by_client: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Granted:
    client: str
    scopes: frozenset[str]
    ends_at: float


class Tokens:
    """All that the endpoint has given; and the endpoint itself, where it isn't down."""

    def __init__(self, port: int, context: ssl.SSLContext | None = None) -> None:
        self.lock = threading.RLock()
        self.desk, self.count = Desk(), Count()
        self._context = context
        self._granted: dict[str, Granted] = {}
        self._endpoint: Endpoint | None = Endpoint(port, self, context)
        self.port: int = self._endpoint.server_port

    @property
    def url(self) -> str:
        return f"{'https' if self._context else 'http'}://127.0.0.1:{self.port}{PATH}"

    def treat(self, given: dict[str, Any]) -> None:
        with self.lock:
            self.desk = Desk(**given)
            if self.desk.down:
                self.close()
            elif self._endpoint is None:
                self._endpoint = Endpoint(self.port, self, self._context)

    def close(self) -> None:
        """Stop listening: connections are refused from now on."""
        with self.lock:
            if self._endpoint:
                self._endpoint.shutdown()
                self._endpoint.server_close()
                self._endpoint = None

    @contextmanager
    def counted(self) -> Iterator[None]:
        with self.lock:
            self.count.in_all += 1
            self.count.under_way += 1
            self.count.at_once = max(self.count.at_once, self.count.under_way)
        try:
            yield
        finally:
            with self.lock:
                self.count.under_way -= 1

    def grant(self, client: str, asked: str) -> dict[str, Any]:
        """A token with what may be had of the scopes that are asked for, all when none is."""
        with self.lock:
            desk = self.desk
            most = SCOPES if desk.scope == AS_IT_IS else frozenset(desk.scope.split())
            scopes = frozenset(asked.split()) & most if asked else most
            token = uuid.uuid4().hex
            self._granted[token] = Granted(client, scopes, time.time() + desk.life)
            self.count.granted += 1
            self.count.by_client[client] = self.count.by_client.get(client, 0) + 1
        told = {"access_token": token, "token_type": "Bearer", "scope": " ".join(sorted(scopes))}
        said = int(desk.life) if desk.expires_in == AS_IT_IS else desk.expires_in
        return told if said is None else {**told, "expires_in": said}

    def look_at(self, authorization: str, client: str) -> Granted | None:
        """What a request to the API may do by its token; None where that is refused."""
        kind, _, token = authorization.partition(" ")
        with self.lock:
            granted = self._granted.get(token) if kind == "Bearer" else None
            if granted and self.desk.revoked:
                del self._granted[token]
                self.desk = Desk(**{**asdict(self.desk), "revoked": max(self.desk.revoked - 1, -1)})
                granted = None
            if granted is None or granted.ends_at <= time.time() or granted.client != client:
                self.count.refused_at_the_api += 1
                return None
            return granted


class Endpoint(ThreadingHTTPServer):
    """Over TLS where it has a context."""

    daemon_threads = True
    request_queue_size = 128
    allow_reuse_address = True

    def __init__(self, port: int, tokens: Tokens, context: ssl.SSLContext | None) -> None:
        super().__init__(("127.0.0.1", port), Desking)
        self.tokens, self.has_certificates = tokens, context is not None
        if context:
            self.socket = context.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()


class Desking(Connection):
    """One request for a token."""

    server: Endpoint

    def reply(self) -> None:
        tokens = self.server.tokens
        form = {key: values[0] for key, values in parse_qs(self.read().decode()).items()}
        with tokens.counted():
            desk = tokens.desk
            time.sleep(desk.seconds)
            answer = REFUSALS[desk.answer](self) if desk.answer else self._grant(form)
            if answer is not None:
                self.send(answer)

    def _grant(self, form: dict[str, str]) -> Answer:
        if urlsplit(self.path).path != PATH:
            return Answer(404, "<html>Not found</html>", HTML)
        client, secret = self._credentials(form)
        has_certificate = self.server.has_certificates and bool(self.connection.getpeercert())
        is_known = client == CLIENT or client.startswith(f"{CLIENT}-")
        if not is_known or not (secret == SECRET or (has_certificate and not secret)):
            return refusal(401, "invalid_client", "Invalid client or client credentials.")
        if form.get("grant_type") != "client_credentials":
            return refusal(400, "unsupported_grant_type", "client_credentials alone")
        return Answer(200, self.server.tokens.grant(client, form.get("scope", "")), "application/json")

    def _credentials(self, form: dict[str, str]) -> tuple[str, str]:
        """Client and secret, of the header or the form."""
        kind, _, value = self.headers.get("Authorization", "").partition(" ")
        if kind == "Basic":
            client, _, secret = base64.b64decode(value).decode().partition(":")
            return unquote(client), unquote(secret)
        return form.get("client_id", ""), form.get("client_secret", "")


def refusal(status: int, error: str, words: str) -> Answer:
    """As RFC 6749 says."""
    return Answer(status, {"error": error, "error_description": words}, "application/json")


def gateway(status: int, message: str, more: str) -> Answer:
    """As the gateway in front of token endpoint and API answers."""
    document = {"httpCode": str(status), "httpMessage": message, "moreInformation": more}
    return Answer(status, document, "application/json")


def _json(document: Any) -> Callable[[Desking], Answer]:
    return lambda _desking: Answer(200, document, "application/json")


def _hang(desking: Desking) -> None:
    desking.wait_for_hang_up()


def _cut(desking: Desking) -> None:
    desking.cut()


REFUSALS: dict[str, Callable[[Desking], Answer | None]] = {
    "hang": _hang,
    "cut": _cut,
    "invalid_client": lambda _: refusal(401, "invalid_client", "Invalid client or client credentials."),
    "unauthorized_client": lambda _: refusal(400, "unauthorized_client", "The client may not use this grant."),
    "invalid_scope": lambda _: refusal(400, "invalid_scope", "The requested scope(s) must be blank or a subset."),
    "401 page": lambda _: Answer(401, "<html><title>Unauthorized</title></html>", HTML),
    "401 gateway": lambda _: gateway(401, "Unauthorized", "Invalid client id or secret."),
    "429": lambda _: Answer(429, {"error": "slow_down"}, "application/json", {"Retry-After": "1"}),
    "500": lambda _: gateway(500, "Internal Server Error", "Failed to connect to the token service."),
    "502 page": lambda _: Answer(502, "<html>Bad gateway</html>", HTML),
    "a web page": lambda _: Answer(200, "<html>Please wait</html>", HTML),
    "no token": _json({"token_type": "Bearer", "expires_in": 3600}),
    "a list": _json([]),
    "an empty token": _json({"access_token": "", "token_type": "Bearer", "expires_in": 3600}),
    "a token of lines": _json({"access_token": "a\r\nX-Evil: 1", "token_type": "Bearer", "expires_in": 3600}),
}
"""What is answered in place of a token."""
