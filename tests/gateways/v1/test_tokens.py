"""What is read of a token endpoint's answer, and who asks for a token when many need one."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from threading import Barrier, Lock, Semaphore, Thread
from typing import Any

import pytest

from gateways.bounded import Answer
from gateways.interface import Account, Exchange, GatewayError, NotAccepted, Refused, Source
from gateways.masking import Masking
from gateways.tokens import ASSUMED_LIFE, LONGEST_LIFE, MemoryStore, Token, asked_scopes, read_token, request_for, told
from protocol.v1 import scopes

BEGAN = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)
ACCOUNT = Account(
    *("v1", "https://api.example.com/v1", "3f1c-client", "", ""),
    token_url="https://id.example.com/as/token.oauth2",
    scopes="remote:horn:write  channel:write channel:write",
)


def read(answered: Any, status: int = 200, **headers: str) -> Token:
    content = answered if isinstance(answered, bytes) else json.dumps(answered).encode()
    return read_token(Answer(status, list(headers.items()), content), ACCOUNT, BEGAN, Masking(["3f1c-client"]))


CANARY = "eyJhbGciOiJSUzI1NiJ9.canary_canary-canary"
NOT_AS_IT_SHOULD_BE: dict[str, Any] = {
    "XML": f"<r><access_token>{CANARY}</access_token></r>".encode(),
    "a page": f"<html><title>Yours</title><p>Your token is {CANARY}.</p></html>".encode(),
    "a text": CANARY.encode(),
    "JSON, but no object": CANARY,
    "in place of its kind": {"access_token": "t0ken", "token_type": CANARY},
}


@pytest.mark.parametrize("name", NOT_AS_IT_SHOULD_BE)
def test_a_token_that_is_given_in_another_form_is_not_shown(name: str) -> None:
    """Neither in the words, which pages and alerts show, nor to who keeps what came back."""
    answered = NOT_AS_IT_SHOULD_BE[name]
    with pytest.raises(NotAccepted) as caught:
        read(answered)
    assert "canary" not in f"{caught.value.why!r} {caught.value.why}"
    if isinstance(answered, dict):
        return
    content = answered if isinstance(answered, bytes) else json.dumps(answered).encode()
    over = Exchange("POST", ACCOUNT.token_url, [], b"", 0.1, 200, [], content, source=Source.GATEWAY, said=str(content))
    assert "canary" not in repr(told(over))


LIVES = [
    (3600, 3600.0),
    ("3600", 3600.0),
    (1, 1.0),
    (0.5, 0.5),
    (None, ASSUMED_LIFE),
    (0, ASSUMED_LIFE),
    (-5, ASSUMED_LIFE),
    ("soon", ASSUMED_LIFE),
    ("NaN", ASSUMED_LIFE),
    (True, ASSUMED_LIFE),
    ([3600], ASSUMED_LIFE),
    (10**12, LONGEST_LIFE),
    (10**400, LONGEST_LIFE),
    ("Infinity", LONGEST_LIFE),
]


@pytest.mark.parametrize(("told", "life"), LIVES, ids=lambda value: str(value)[:12])
def test_a_token_lives_from_when_it_was_asked_for_however_its_life_is_told(told: Any, life: float) -> None:
    """Whatever the time is there."""
    document = {"access_token": "t0ken", **({} if told is None else {"expires_in": told})}
    token = read(document, Date="Thu, 01 Jan 1970 00:00:00 GMT")
    assert token.obtained_at == BEGAN
    assert token.expires_at == BEGAN + timedelta(seconds=life)
    # Renewed before its end, and good for most of its life before that, however short.
    assert timedelta(seconds=min(60.0, life / 10)) == token.expires_at - token.good_until


@pytest.mark.parametrize(
    ("told", "granted"),
    [
        ({}, {"remote:horn:write", "channel:write"}),
        ({"scope": ""}, {"remote:horn:write", "channel:write"}),
        ({"scope": None}, {"remote:horn:write", "channel:write"}),
        ({"scope": "channel:write"}, {"channel:write"}),
        ({"scope": "channel:write remote:new"}, {"channel:write", "remote:new"}),
        ({"scope": ["channel:write", 7]}, {"channel:write"}),
    ],
)
def test_what_is_granted_is_what_is_said_else_what_was_asked_for(told: Any, granted: set[str]) -> None:
    assert read({"access_token": "t0ken", **told}).scopes == granted


def test_without_a_choice_all_that_is_published_is_asked_for() -> None:
    assert asked_scopes(ACCOUNT) == ("remote:horn:write", "channel:write")
    assert asked_scopes(Account("v1", "", "", "", "")) == scopes.PUBLISHED


def test_a_token_is_not_shown_where_it_is_printed() -> None:
    assert "t0ken" not in repr(read({"access_token": "t0ken"}))


LACKING = "The manufacturer's cloud gave an answer without access_token."
NO_TOKENS = [
    (200, {"token_type": "Bearer"}, LACKING),
    (200, {"access_token": ""}, LACKING),
    (200, {"access_token": 7}, LACKING),
    (200, {"access_token": "a\r\nX-Evil: 1"}, "The token endpoint gave a token that no header can hold."),
    (200, {"access_token": "é"}, "The token endpoint gave a token that no header can hold."),
    (200, {"access_token": "a" * 17_000}, "The token endpoint gave a token that no header can hold."),
    (
        200,
        {"access_token": "t0ken", "token_type": "mac"},
        "The token endpoint gave a token of the kind “mac”, which is not bearer.",
    ),
    (200, [], "The manufacturer's cloud gave an answer that can't be read."),
    (200, b"", LACKING),
    (
        200,
        b"<title>Log in</title>",
        "A page came in place of an answer of the manufacturer's cloud: “Log in”.",
    ),
    (302, b"", "The manufacturer's cloud answered HTTP 302."),
    (500, {"error": "server_error"}, "The manufacturer's cloud answered HTTP 500: “server_error”."),
    (503, b"<h1>Away</h1>", "The manufacturer's cloud answered HTTP 503: “Away”."),
    (408, b"", "The manufacturer's cloud answered HTTP 408."),
    (429, {"error": "slow_down"}, "The manufacturer's cloud asks us to slow down: slow_down"),
]


@pytest.mark.parametrize(("status", "answered", "said"), NO_TOKENS)
def test_without_a_token_nothing_was_sent_so_it_may_be_tried_again(status: int, answered: Any, said: str) -> None:
    with pytest.raises(NotAccepted) as caught:
        read(answered, status)
    assert str(caught.value.why) == f"No access token can be had, so nothing was sent. {said}"


@pytest.mark.parametrize("status", [429, 503])
def test_the_endpoint_says_when_to_come_back(status: int) -> None:
    with pytest.raises(NotAccepted) as caught:
        read({}, status, **{"Retry-After": "7"})
    assert caught.value.retry_after == 7


def oauth(error: str) -> dict[str, str]:
    return {"error": error, "error_description": "Not so."}


US = "The token endpoint does not accept our credentials (HTTP {}: {})."
NOT_THERE = "There is no token endpoint at https://id.example.com/as/token.oauth2 (HTTP {}: {}). Check the token URL."
REFUSALS = [
    (401, oauth("invalid_client"), Source.CREDENTIALS, US.format(401, "invalid_client: Not so")),
    (400, oauth("invalid_client"), Source.CREDENTIALS, US.format(400, "invalid_client: Not so")),
    (400, oauth("unauthorized_client"), Source.CREDENTIALS, US.format(400, "unauthorized_client: Not so")),
    (400, oauth("unsupported_grant_type"), Source.CREDENTIALS, US.format(400, "unsupported_grant_type: Not so")),
    (
        400,
        oauth("invalid_scope"),
        Source.CREDENTIALS,
        "The token endpoint does not give us these scopes: remote:horn:write channel:write (HTTP 400: invalid_scope: "
        "Not so).",
    ),
    (401, b"<title>Unauthorized</title>", Source.CREDENTIALS, US.format(401, "Unauthorized")),
    (401, b"", Source.CREDENTIALS, US.format(401, "HTTP 401")),
    (
        403,
        {"httpCode": "403", "httpMessage": "Forbidden", "moreInformation": "No plan for 3f1c-client."},
        Source.CREDENTIALS,
        US.format(403, "Forbidden: No plan for ***"),
    ),
    (
        400,
        {"name": "BAD_REQUEST", "debug": "ERROR_1", "message": "No."},
        Source.CREDENTIALS,
        US.format(400, "BAD_REQUEST: No"),
    ),
    (403, b"<title>Blocked</title>", Source.GATEWAY, NOT_THERE.format(403, "Blocked")),
    (404, b"<title>404</title>", Source.GATEWAY, NOT_THERE.format(404, "404")),
    (
        404,
        {"name": "GONE", "debug": "E", "message": "No."},
        Source.GATEWAY,
        NOT_THERE.format(404, "GONE: No"),
    ),
    (405, {}, Source.GATEWAY, NOT_THERE.format(405, "HTTP 405")),
]


@pytest.mark.parametrize(("status", "answered", "who", "said"), REFUSALS)
def test_whoever_refuses_a_token_it_is_never_the_apis_verdict(
    status: int, answered: Any, who: Source, said: str
) -> None:
    with pytest.raises(Refused) as caught:
        read(answered, status)
    assert (caught.value.status, caught.value.source, str(caught.value.why)) == (status, who, said)


def test_without_a_secret_the_form_names_us_and_with_one_the_header_does() -> None:
    bare = request_for(ACCOUNT)
    assert bare.body == (
        "client_id=3f1c-client&grant_type=client_credentials&scope=remote%3Ahorn%3Awrite+channel%3Awrite"
    )
    assert "Authorization" not in bare.headers
    with pytest.raises(NotAccepted, match="has no token URL"):
        request_for(Account("v1", "https://api.example.com", "", "", ""))


class Asked:
    """Gives numbered tokens of a minute, or fails, and counts; while it does, others wait."""

    def __init__(self, begun: Callable[[], None] = lambda: None, error: GatewayError | None = None) -> None:
        self.times, self._begun, self._error = 0, begun, error

    def __call__(self) -> Token:
        self.times += 1
        self._begun()
        if self._error:
            raise self._error
        now = datetime.now(UTC)
        return Token(f"token-{self.times}", frozenset(), now, now + timedelta(seconds=60))


def all_at_once(number: int, do: Callable[[], Token]) -> list[Any]:
    """What so many threads get, or raise."""
    found: list[Any] = []
    together = Barrier(number)

    def run() -> None:
        together.wait()
        try:
            found.append(do())
        except GatewayError as error:
            found.append(error)

    threads = [Thread(target=run) for _ in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def test_one_asks_for_all() -> None:
    store, asked = MemoryStore(), Asked()
    found = all_at_once(8, lambda: store.token(asked))
    assert ({token.value for token in found}, len(found), asked.times) == ({"token-1"}, 8, 1)


def test_a_refused_token_is_renewed_by_one_for_all() -> None:
    store, asked = MemoryStore(), Asked()
    refused = store.token(asked)
    found = all_at_once(8, lambda: store.token(asked, refused))
    assert ({token.value for token in found}, asked.times) == ({"token-2"}, 2)


class Queue:
    """A lock that says when somebody waits for it."""

    def __init__(self) -> None:
        self._lock, self.waiting = Lock(), Semaphore(0)

    def __enter__(self) -> None:
        if not self._lock.acquire(blocking=False):
            self.waiting.release()
            self._lock.acquire()

    def __exit__(self, *_: object) -> None:
        self._lock.release()


def test_who_has_waited_for_one_that_failed_does_not_ask_in_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    store, queue = MemoryStore(), Queue()
    monkeypatch.setattr(store, "_lock", queue)
    why = Refused(401, "No.", Source.CREDENTIALS)

    def until_others_wait() -> None:
        for _ in range(3):
            assert queue.waiting.acquire(timeout=10)

    asked = Asked(until_others_wait, why)
    found = all_at_once(4, lambda: store.token(asked))
    assert asked.times == 1
    assert sorted(type(error).__name__ for error in found) == ["NotAccepted", "NotAccepted", "NotAccepted", "Refused"]
    assert {str(error.why) for error in found} == {"No."}
    # Who comes later asks anew.
    assert store.token(Asked()).value == "token-1"


def test_it_is_renewed_a_while_before_its_end() -> None:
    times = [BEGAN]
    store = MemoryStore(now=lambda: times[0])
    tokens = [Token(f"t{number}", frozenset(), BEGAN, BEGAN + timedelta(seconds=1)) for number in range(2)]
    asked = iter(tokens)
    assert store.token(lambda: next(asked)) is tokens[0]
    times[0] = BEGAN + timedelta(seconds=0.89)
    assert store.token(lambda: next(asked)) is tokens[0]
    times[0] = BEGAN + timedelta(seconds=0.9)
    assert store.token(lambda: next(asked)) is tokens[1]
