"""A small OpenID Connect provider over real HTTP, written from OpenID Connect Core 1.0, RFC 6749 and RFC 7636 alone.

It knows one client and one person at a time, and it can be told to lie: each test says which claim, key or header.
Signatures are made here, with nothing of what FleetRemote reads them with.
"""

import base64
import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

CLIENT_ID, CLIENT_SECRET = "fleetremote", "the provider's secret 4f1c"

Claims = dict[str, Any]


def b64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def part(document: Any) -> str:
    return b64(json.dumps(document).encode())


@dataclass
class Key:
    """One that signs, and what is published of it."""

    kid: str
    private: rsa.RSAPrivateKey = field(default_factory=lambda: rsa.generate_private_key(65537, 2048))

    @property
    def jwk(self) -> dict[str, str]:
        numbers = self.private.public_key().public_numbers()
        n, e = (value.to_bytes((value.bit_length() + 7) // 8, "big") for value in (numbers.n, numbers.e))
        return {"kty": "RSA", "kid": self.kid, "use": "sig", "alg": "RS256", "n": b64(n), "e": b64(e)}

    def sign(self, header: dict[str, Any], claims: Claims) -> str:
        signed = f"{part(header)}.{part(claims)}"
        return f"{signed}.{b64(self.private.sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256()))}"


@dataclass
class Grant:
    """What was agreed to at the authorization endpoint."""

    redirect_uri: str
    challenge: str
    nonce: str
    scope: str
    used: bool = False


KEY = Key("first")
"""Made once: it takes its time."""


@dataclass
class Provider:
    """The person who is logged in there, and how it lies: `claims` changes what the token says, `token` the whole."""

    issuer: str = ""
    person: Claims = field(default_factory=dict)
    claims: Callable[[Claims], Claims] = field(default=lambda claims: claims)
    token: Callable[[str], str] = field(default=lambda token: token)
    key: Key = field(default_factory=lambda: KEY)
    header: dict[str, Any] = field(default_factory=lambda: {"alg": "RS256", "typ": "JWT", "kid": "first"})
    published: list[Key] = field(default_factory=lambda: [KEY])
    discovery: Claims = field(default_factory=dict)
    userinfo: Claims | None = None
    # Whether its page asks before it goes back; else it is as if somebody were logged in there.
    asks: bool = False
    authenticated_at: float | None = None
    grants: dict[str, Grant] = field(default_factory=dict)
    tokens: dict[str, Claims] = field(default_factory=dict)
    asked: list[dict[str, str]] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    is_down: bool = False

    def authorize(self, query: str) -> tuple[int, str]:
        """303 with where to, or 400 with what is wrong."""
        asked = {name: values[0] for name, values in parse_qs(query, keep_blank_values=True).items()}
        self.asked.append(asked)
        wrong = [
            *("client_id" for _ in [0] if asked.get("client_id") != CLIENT_ID),
            *("response_type" for _ in [0] if asked.get("response_type") != "code"),
            *("scope" for _ in [0] if "openid" not in asked.get("scope", "").split()),
            *("code_challenge_method" for _ in [0] if asked.get("code_challenge_method") != "S256"),
            *(name for name in ("state", "nonce", "code_challenge", "redirect_uri") if not asked.get(name)),
        ]
        if wrong:
            self.faults.append(f"authorize: {', '.join(wrong)}")
            return 400, f"wrong: {', '.join(wrong)}"
        code = secrets.token_urlsafe(16)
        self.grants[code] = Grant(asked["redirect_uri"], asked["code_challenge"], asked["nonce"], asked["scope"])
        query = urlencode({"code": code, "state": asked["state"], "iss": self.issuer})
        return 303, f"{asked['redirect_uri']}?{query}"

    def redeem(self, form: dict[str, str], authorization: str) -> tuple[int, Claims]:
        """The token endpoint's answer: RFC 6749, 4.1.3 and 5.2."""
        if not self._is_client(form, authorization):
            return 401, {"error": "invalid_client"}
        grant = self.grants.get(form.get("code", ""))
        if grant is None or grant.used or form.get("grant_type") != "authorization_code":
            return 400, {"error": "invalid_grant"}
        grant.used = True
        verifier = b64(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
        if form.get("redirect_uri") != grant.redirect_uri or not hmac.compare_digest(verifier, grant.challenge):
            self.faults.append("token: redirect_uri or code_verifier")
            return 400, {"error": "invalid_grant"}
        access = secrets.token_urlsafe(16)
        self.tokens[access] = self.person
        document = {"access_token": access, "token_type": "Bearer", "expires_in": 300, "id_token": self.id_token(grant)}
        return 200, document

    def id_token(self, grant: Grant) -> str:
        now = int(time.time())
        at = int(self.authenticated_at if self.authenticated_at is not None else now)
        claims = {"iss": self.issuer, "aud": CLIENT_ID, "iat": now, "exp": now + 300, "auth_time": at}
        told = self.claims({**claims, "nonce": grant.nonce, **self.person})
        return self.token(self.key.sign(self.header, told))

    def configuration(self) -> Claims:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "jwks_uri": f"{self.issuer}/keys",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic"],
            "code_challenge_methods_supported": ["S256"],
            **self.discovery,
        }

    def _is_client(self, form: dict[str, str], authorization: str) -> bool:
        given = (form.get("client_id", ""), form.get("client_secret", ""))
        if authorization.startswith("Basic "):
            name, _, secret = base64.b64decode(authorization[6:]).decode().partition(":")
            given = (name, secret)
        return given == (CLIENT_ID, CLIENT_SECRET)


def _handler(provider: Provider) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        """Its addresses."""

        def do_GET(self) -> None:
            place = urlsplit(self.path)
            if provider.is_down:
                self._send(503, {"error": "temporarily_unavailable"})
            elif place.path == "/.well-known/openid-configuration":
                self._send(200, provider.configuration())
            elif place.path == "/keys":
                self._send(200, {"keys": [key.jwk for key in provider.published]})
            elif place.path == "/authorize" and provider.asks:
                self._page(place.query)
            elif place.path == "/authorize":
                self._authorize(place.query)
            elif place.path == "/userinfo":
                self._userinfo()
            else:
                self._send(404, {})

        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            sent = parse_qs(self.rfile.read(length).decode(), keep_blank_values=True)
            form = {name: values[0] for name, values in sent.items()}
            if self.path == "/token":
                self._send(*provider.redeem(form, self.headers.get("Authorization", "")))
            elif self.path == "/authorize":
                self._authorize(form["query"])
            else:
                self._send(404, {})

        def _authorize(self, query: str) -> None:
            status, told = provider.authorize(query)
            if status == 303:
                self.send_response(303)
                self.send_header("Location", told)
                self.send_header("Content-Length", "0")
                self.end_headers()
            else:
                self._send(status, {"error": told})

        def _page(self, query: str) -> None:
            name = escape(str(provider.person.get("name") or provider.person.get("sub")))
            form = f'<form method="post" action="/authorize"><input type="hidden" name="query" value="{escape(query)}">'
            page = f"<!doctype html><html lang=en><title>Provider</title>{form}<button>Log in as {name}</button></form>"
            self._bytes(200, page.encode(), "text/html; charset=utf-8")

        def _userinfo(self) -> None:
            person = provider.tokens.get(self.headers.get("Authorization", "").removeprefix("Bearer "))
            if person is None:
                self._send(401, {})
            else:
                self._send(200, person if provider.userinfo is None else provider.userinfo)

        def _send(self, status: int, document: Claims | str) -> None:
            """A text is sent as it is."""
            text = document if isinstance(document, str) else json.dumps(document)
            self._bytes(status, text.encode(), "application/json")

        def _bytes(self, status: int, content: bytes, kind: str) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: Any) -> None:
            """Nothing: tests are quiet."""

    return Handler


@contextmanager
def running_provider(port: int = 0, **told: Any) -> Iterator[Provider]:
    """The provider on this port, or one of its own."""
    provider = Provider(**told)
    server = ThreadingHTTPServer(("127.0.0.1", port), _handler(provider))
    server.daemon_threads = True
    provider.issuer = f"http://127.0.0.1:{server.server_address[1]}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
