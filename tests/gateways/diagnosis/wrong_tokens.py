"""Accounts that sign in with tokens: what is wrong with the token endpoint, its answer, and the API after it."""

import json
import socket
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from gateways.interface import Account
from tests.gateways.diagnosis.cases import CLIENT_ID, PASSWORD, ROOT, SERVER, STRANGE, Case, with_ours
from tests.gateways.diagnosis.wrong_answers import HTML, JSON, page, silence, told
from tests.tls.servers import Answering, Server, answer, server_context, serving

PATH = "/as/token.oauth2"
SCOPES = "channel:write remote:horn:write"
TOKEN = "eyJ0eXAiOiJKV1Qi"
GIVEN = told(200, access_token=TOKEN, token_type="Bearer", expires_in=300)
HAL = "application/hal+json"


def vehicles(number: int = 1) -> bytes:
    items = [{"_links": {"self": {"href": f"/v/{place}"}}, "vin": f"VR7{place:014d}"} for place in range(number)]
    return answer(200, json.dumps({"total": number, "_embedded": {"vehicles": items}}), Content_Type=HAL)


def signing_in(token: bytes | Answering, api: bytes | Answering = b"") -> Answering:
    """A server that is both: its token endpoint answers so, and its API so (one vehicle)."""

    def answering(asked: bytes) -> bytes:
        said = token if asked.startswith(b"POST ") else api or vehicles()
        return said(asked) if callable(said) else said

    return answering


def account(base: str, token_url: str, **values: Any) -> Account:
    given: dict[str, Any] = {"connect_timeout": 3.0, "read_timeout": 3.0, "total_timeout": 3.0, "scopes": SCOPES}
    named = {"client_id": CLIENT_ID, "client_secret": PASSWORD, "ca_bundle": ROOT.root_pem, "token_url": token_url}
    return Account("v1", base, username="", password="", **{**given, **named, **values})


Start = Callable[[], AbstractContextManager[Account]]


def answered(token: bytes | Answering, api: bytes | Answering = b"", path: str = PATH, **values: Any) -> Start:
    @contextmanager
    def start() -> Iterator[Account]:
        with serving(signing_in(token, api), server_context(SERVER)) as server:
            yield account(f"{server.root}/api/connectedcar/v1", f"{server.root}{path}", **values)

    return start


def at(token_url: str) -> Start:
    @contextmanager
    def start() -> Iterator[Account]:
        yield account("https://api.example.com/api/connectedcar/v1", token_url)

    return start


def two(api: Callable[[], AbstractContextManager[Server | int]]) -> Start:
    """A token endpoint as it should be, and the API at another port."""

    @contextmanager
    def start() -> Iterator[Account]:
        with serving(signing_in(GIVEN), server_context(SERVER)) as tokens, api() as other:
            port = other if isinstance(other, int) else other.port
            yield account(f"https://127.0.0.1:{port}/api/connectedcar/v1", f"{tokens.root}{PATH}")

    return start


@contextmanager
def nobody() -> Iterator[int]:
    """A port at which nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    yield port


def oauth(status: int, error: str) -> bytes:
    return told(status, error=error, error_description="Not so.")


CASES = {
    "no token URL": Case(
        "address", "There is no token URL. It looks like https://id.example.com/as/token.oauth2.", at("")
    ),
    "a token URL without TLS": Case(
        "address",
        "The token URL can't be used. The address must begin with https://, or the credentials would go over the net "
        "unencrypted.",
        at("http://id.example.com/as/token.oauth2"),
        allow_http=False,
    ),
    "nobody at the token endpoint": Case(
        "tcp",
        "127.0.0.1 refuses connections at port 1. Check the port, or use a proxy.",
        at(f"https://127.0.0.1:1{PATH}"),
    ),
    "invalid_client with a secret": Case(
        "credentials",
        "The token endpoint does not accept our client_id with its secret (HTTP 401: invalid_client: Not so). Check "
        "both; where the manufacturer has given no secret, leave it empty.",
        answered(oauth(401, "invalid_client")),
    ),
    "invalid_client with a certificate alone": Case(
        "credentials",
        "The token endpoint does not accept our client_id (HTTP 401: invalid_client: Not so). Check it, and whether "
        "the manufacturer has given a client secret too; then ask whether our certificate belongs to it.",
        answered(oauth(401, "invalid_client"), client_secret="", **with_ours()),
    ),
    "our secret in its words": Case(
        "credentials",
        "The token endpoint refuses us (HTTP 401: *** and ***). Check the client_id and its secret, then ask the "
        "manufacturer.",
        answered(told(401, message=f"{CLIENT_ID} and {PASSWORD}")),
    ),
    "a grant that is not enabled": Case(
        "credentials",
        "The token endpoint gives us no tokens by client credentials (HTTP 400: unauthorized_client: Not so). Ask the "
        "manufacturer to enable that for our client_id.",
        answered(oauth(400, "unauthorized_client")),
    ),
    "scopes that it does not know": Case(
        "credentials",
        f"The token endpoint does not give us one of these scopes: {SCOPES} (HTTP 400: invalid_scope: Not so). Enter "
        "only those of your contract, separated by spaces.",
        answered(oauth(400, "invalid_scope")),
    ),
    "no token endpoint there": Case(
        "credentials",
        "There is no token endpoint at /token (HTTP 404: Not Found). Check the token URL; often it ends with "
        "/as/token.oauth2.",
        answered(page(404, "Not Found"), path="/token"),
    ),
    "a token endpoint that leads elsewhere": Case(
        "credentials",
        "The token endpoint sends us elsewhere: to https://id.example/x (HTTP 302). Our credentials are not sent "
        "there. If that is the token endpoint, enter its address as the token URL.",
        answered(answer(302, Location="https://id.example/x?y")),
    ),
    "a firewall before it": Case(
        "credentials",
        "Something in front of the API refuses us with a page (HTTP 403: Blocked). Ask the manufacturer whether this "
        "computer's public IP address must be allowed there; it may also be a proxy of your own.",
        answered(page(403, "Blocked")),
    ),
    "a token endpoint with an error of its own": Case(
        "credentials",
        "The cloud has an error of its own (HTTP 503: Away). Try again later, then tell the manufacturer.",
        answered(page(503, "Away")),
    ),
    "a token endpoint that asks to slow down": Case(
        "credentials",
        "The cloud takes no more requests of this account for now (HTTP 429: slow_down). Try again in 7 seconds.",
        answered(answer(429, '{"error": "slow_down"}', Content_Type=JSON, Retry_After="7")),
    ),
    "a token endpoint that says nothing": Case(
        "credentials",
        "The cloud did not answer in time. Try again later, then tell the manufacturer.",
        answered(silence, total_timeout=0.3),
    ),
    "a page in place of a token": Case(
        "credentials",
        "A web page came instead of the API's answer: “Log in”. Mostly it is a log-in page or a proxy in between. "
        "Check the address, and whether this computer may reach the internet without logging in.",
        answered(page(200, "Log in")),
    ),
    "an answer without a token": Case(
        "credentials",
        "The answer holds no access token; it holds: status. Check the token URL.",
        answered(told(200, status="UP")),
    ),
    "a token that no header can hold": Case(
        "credentials",
        "What the token endpoint has given can't be used. The token endpoint gave a token that no header can hold. "
        "Tell the manufacturer.",
        answered(told(200, access_token="a\r\nb")),
    ),
    "a token that the API does not take": Case(
        "fleets",
        "A token is given, but the API does not accept it (HTTP 401: Unauthorized: No such token ***). Check that the "
        "address and the token URL are of the same environment.",
        answered(GIVEN, told(401, httpMessage="Unauthorized", moreInformation=f"No such token {TOKEN}")),
    ),
    "an API that is not enabled": Case(
        "fleets",
        "The cloud knows us but does not let us use this API (HTTP 403: FORBIDDEN: No plan). Ask the manufacturer to "
        "enable it for this account.",
        answered(GIVEN, told(403, name="FORBIDDEN", debug="ERROR_1", message="No plan.")),
    ),
    "a firewall before the API": Case(
        "fleets",
        "Something in front of the API refuses us with a page (HTTP 403: Stop). Ask the manufacturer whether this "
        "computer's public IP address must be allowed there; it may also be a proxy of your own.",
        answered(GIVEN, page(403, "Stop")),
    ),
    "no vehicles at this address": Case(
        "fleets",
        "There are no vehicles at /api/connectedcar/v1 (HTTP 404: Not Found). The address ends with the version, such "
        "as /api/connectedcar/v1.",
        answered(GIVEN, page(404, "Not Found")),
    ),
    "a list of vehicles that can't be read": Case(
        "fleets",
        "The vehicles of the account can't be listed. The manufacturer's cloud answered HTTP 500: “Oops”. Check the "
        "address, then try again.",
        answered(GIVEN, answer(500, "<h1>Oops</h1>", Content_Type=HTML)),
    ),
    "nobody at the API's own host": Case(
        "fleets", "127.0.0.1 refuses connections at port {port}. Check the port, or use a proxy.", two(nobody)
    ),
    "an API whose certificate is of another CA": Case(
        "fleets",
        "The cloud's certificate is issued by CN=Strange CA, and your CA bundle holds only CN=Example CA. Add the "
        "certificate of that CA to it, or leave the bundle empty where it is a public one.",
        two(lambda: serving(vehicles(), server_context(STRANGE.server()))),
    ),
}
