"""What our webhook answers, to the web server and to any other: the same, in the published shape."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, OperationalError, connection
from django.test import Client

from fleets.storage import clock
from remotes.intake import ingest, webhook
from remotes.models import InboundRequest, RemoteAction
from remotes.registration.facts import registrations
from tests.remotes.conftest import Notify, Yard, event
from tests.web_server import ask
from tests.world import make_fleet

Ask = Callable[[str, str, bytes, str], Any]

BODY = json.dumps({"events": [event("Accepted")]}).encode()


def ask_django(method: str, path: str, body: bytes, authorization: str) -> Any:
    """As a server does that knows only fleetremote/wsgi.py."""
    headers = {"Authorization": authorization} if authorization else {}
    return Client().generic(method, path, body, content_type="application/json", headers=headers)


@pytest.fixture(params=[ask, ask_django], ids=["our web server", "another"])
def server(request: pytest.FixtureRequest) -> Ask:
    return request.param


def place(yard: Yard) -> tuple[str, str]:
    """The address to post to, and the secret."""
    return f"/webhook/{yard.upstream.webhook_id}", f"Bearer {yard.upstream.webhook_secret}"


def test_what_a_known_sender_writes_bit_by_bit_is_taken_in(yard: Yard) -> None:
    """A program that writes each part of its JSON by itself would never get it in."""
    action = yard.action()
    path, secret = place(yard)
    assert ask("POST", path, b" " * 2000 + BODY, secret, piece=1).status_code == 200
    assert action.events.count() == 1


def expect_refused(answer: Any, status: int) -> None:
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/json")
    assert answer.json()["code"] == status * 100 + 99
    assert set(answer.json()) == {"code", "uuid", "message", "timestamp"}
    assert InboundRequest.objects.count() == 0


def test_what_is_taken_in_is_answered_once_it_is_stored_and_told(
    yard: Yard, server: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[set[int]] = []
    monkeypatch.setattr(webhook, "announce", told.append)
    action = yard.action()
    path, secret = place(yard)
    answer = server("POST", path, BODY, secret)
    assert (answer.status_code, answer.json()) == (200, {})
    assert (action.events.count(), told) == (1, [{yard.vehicle.pk}])


def test_a_stranger(yard: Yard, server: Ask) -> None:
    path, secret = place(yard)
    expect_refused(server("POST", path, BODY, ""), 401)
    expect_refused(server("POST", path, BODY, f"{secret}x"), 401)
    expect_refused(server("POST", "/webhook/feedbeef", BODY, secret), 401)


def test_the_secret_in_the_path_alone_is_enough(yard: Yard, server: Ask) -> None:
    """After an outage notifications may come without their header attributes."""
    action = yard.action()
    path = f"/webhook/{yard.upstream.webhook_id}"
    for wrong in (yard.upstream.path_secret[:-1], f"{yard.upstream.path_secret}/", "/", "é%00", "x" * 5000):
        expect_refused(server("POST", f"{path}/{wrong}", BODY, ""), 401)
    other = make_fleet("Paris").upstream_fleets.get()
    expect_refused(server("POST", f"{path}/{other.path_secret}", BODY, ""), 401)
    # Neither secret is good in the place of the other.
    expect_refused(server("POST", f"{path}/{yard.upstream.webhook_secret}", BODY, ""), 401)
    expect_refused(server("POST", path, BODY, f"Bearer {yard.upstream.path_secret}"), 401)
    assert server("POST", f"{path}/{yard.upstream.path_secret}", BODY, "").status_code == 200
    assert action.events.count() == 1
    # An old path and the right header, as upstream has it until it is registered anew.
    assert server("POST", f"{path}/old", BODY, f"Bearer {yard.upstream.webhook_secret}").status_code == 200


def test_an_array_of_notifications_is_taken_in(yard: Yard, server: Ask) -> None:
    """In one statement; what can't be read of it does not take the rest down, and is kept."""
    actions = [yard.action(f"a{number}") for number in range(1, 101)]
    array: list[Any] = [
        {"events": [event("Success", done=True, action=action.upstream_id or "")]} for action in actions
    ]
    array[50:50] = ["?", {"events": [{"remoteActionId": ""}]}]
    path = f"/webhook/{yard.upstream.webhook_id}/{yard.upstream.path_secret}"
    body = json.dumps(array).encode()
    assert server("POST", path, body, "").status_code == 200
    assert RemoteAction.objects.filter(state="done", status="Success").count() == 100
    kept = InboundRequest.objects.get()
    assert (kept.outcome, kept.event_count, bytes(kept.body)) == ("quarantined", 100, body)
    assert "[50].events" in kept.reason
    assert "[51].eventStatus" in kept.reason


def test_what_is_wrong_with_very_many_is_said_in_short(yard: Yard) -> None:
    path = f"/webhook/{yard.upstream.webhook_id}/{yard.upstream.path_secret}"
    assert ask("POST", path, json.dumps([1] * 100_000).encode()).status_code == 200
    reason = InboundRequest.objects.get().reason
    assert len(reason) < 2_000
    assert "99,980 more" in reason


def test_what_is_too_large(yard: Yard, server: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhook, "MAX_BODY", 1000)
    path, secret = place(yard)
    largest = BODY.ljust(webhook.MAX_BODY)
    expect_refused(server("POST", path, largest + b" ", secret), 413)
    expect_refused(server("POST", path, largest + b" ", "Bearer x"), 401)
    assert server("POST", path, largest, secret).status_code == 200


@pytest.fixture
def nothing_noted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever other tests have noted a moment ago, with the same ids."""
    monkeypatch.setattr("remotes.intake.refused._noted", {})


@pytest.mark.parametrize(
    "body",
    [
        b"[" + b"{}," * 3_000_000 + b"{}]",
        b'{"events": [' + b"{}," * 300_000 + b"{}]}",
        b'{"events": [' + b'{"":"","":""},' * 200_000 + b"{}]}",
        b" " * (webhook.MAX_BODY + 1),
    ],
    ids=["3 million objects", "300,000 events", "400,000 texts", "bytes"],
)
def test_more_than_anybody_means_to_send_is_refused_and_people_see_it(
    yard: Yard, server: Ask, nothing_noted: None, body: bytes
) -> None:
    path, secret = place(yard)
    began = clock.now()
    expect_refused(server("POST", path, body, secret), 413)
    (known,) = registrations(yard.gateway.pk)
    assert known.too_large is not None
    assert known.too_large >= began - timedelta(seconds=1)
    assert known.refused is None


def test_of_a_stranger_no_size_is_noted(yard: Yard, server: Ask, nothing_noted: None) -> None:
    path, _ = place(yard)
    expect_refused(server("POST", path, b"[" + b"{}," * 300_000 + b"{}]", "Bearer x"), 401)
    assert registrations(yard.gateway.pk)[0].too_large is None


def test_the_most_events_that_a_callback_may_ask_for_are_taken_in(yard: Yard) -> None:
    """With half as many fields again that nobody knows yet, and texts full of what looks like parts."""
    more = {"odometer": {"value": 1, "unit": "km"}, "tags": ["a", "b"], "note": "{[,]}" * 3}
    many = [{**event("Success", done=True, action=f"a{number}"), **more} for number in range(10_000)]
    body = json.dumps({"callbackId": "c", "attributes": [{"key": "k", "value": "v"}] * 50, "events": many}).encode()
    incoming = webhook.read(webhook.Sender(yard.upstream.pk, yard.gateway.pk), body)
    assert (len(incoming.events), incoming.reason) == (10_000, "")


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"[" * 100_000 + b"]" * 100_000, "too deep"),
        (b'{"events": ' + b'[{"a":' * 60 + b"1" + b"}]" * 60 + b"}", "too deep"),
        (b'{"events": [' + b"9" * 100_000 + b"]}", ""),
        (b'{"events": [1e999]}', ""),
        (b'{"events": ["\\ud800"]}', ""),
        (b'{"events": [], "events": [1]}', ""),
        (b"\xff", ""),
        (b'{"events": [{"remoteActionId": "\\u0000"}]}', "NUL"),
    ],
    ids=lambda value: f"{value[:16]!r}" if isinstance(value, bytes) else None,
)
def test_what_no_reader_can_take_is_kept_as_it_came(yard: Yard, server: Ask, body: bytes, says: str) -> None:
    path, secret = place(yard)
    assert server("POST", path, body, secret).status_code == 200
    kept = InboundRequest.objects.get()
    assert (kept.outcome, bytes(kept.body)) == ("quarantined", body)
    assert says in kept.reason


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_other_methods(yard: Yard, server: Ask, method: str) -> None:
    path, secret = place(yard)
    answer = server(method, path, BODY, secret)
    expect_refused(answer, 405)
    assert answer.headers["allow"] == "POST"


def test_what_can_not_be_stored_is_asked_for_again(yard: Yard, server: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    path, secret = place(yard)
    with monkeypatch.context() as patch:
        patch.setattr(ingest, "store", fail(ValueError("nobody has thought of this")))
        expect_refused(server("POST", path, BODY, secret), 500)
    assert server("POST", path, BODY, secret).status_code == 200


def test_a_sender_who_can_not_be_looked_up_is_no_stranger(
    yard: Yard, server: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, secret = place(yard)
    with monkeypatch.context() as patch:
        patch.setattr(webhook, "authenticate", fail(DatabaseError("the database has no room")))
        expect_refused(server("POST", path, BODY, secret), 500)
    assert server("POST", path, BODY, secret).status_code == 200


def test_while_the_database_is_away_upstream_is_told_to_come_back(
    yard: Yard, server: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, secret = place(yard)
    away = OperationalError("the connection is lost")
    away.__cause__ = psycopg.OperationalError("the connection is lost")
    for room, name in ((webhook, "authenticate"), (ingest, "store")):
        with monkeypatch.context() as patch:
            patch.setattr(room, name, fail(away))
            # Closing it would end the test's own transaction.
            patch.setattr(connection, "close", lambda: None)
            answer = server("POST", path, BODY, secret)
        expect_refused(answer, 503)
        assert answer.headers["retry-after"] == "5"
    assert server("POST", path, BODY, secret).status_code == 200


def fail(error: Exception) -> Callable[..., Any]:
    def failing(*_: object) -> None:
        raise error

    return failing


def test_what_upstream_is_told_to_post_to_is_served(yard: Yard, notify: Notify) -> None:
    """Each place at a gateway has its own address and secret."""
    other = make_fleet("Paris").upstream_fleets.get()
    assert notify(authorization=f"Bearer {other.webhook_secret}").status_code == 401
    assert ask("POST", f"/webhook/{other.webhook_id}", BODY, f"Bearer {other.webhook_secret}").status_code == 200
    assert InboundRequest.objects.get().upstream_fleet_id == other.pk
