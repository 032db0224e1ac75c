"""A subscriber that repeats what it was sent: what it is known by is kept nowhere readable."""

import json

import pytest
from aiohttp import web

from callbacks.models import Attempt
from fleets.storage.encryption import SecretBytes
from tests.callbacks.conftest import Desk
from tests.callbacks.sink import Got
from tests.dumped import dump, places_of

CANARIES = {
    "Header": "Bearer canary-of-a-header",
    "Query": "canary of a query/with=signs",
    "Body": 'canary "of" a body é',
}
KEYS = {"Header": "Authorization", "Query": "X-Query", "Body": "X-Body"}
ATTRIBUTES = [{"type": kind, "key": KEYS[kind], "value": value} for kind, value in CANARIES.items()]


def echo(status: int, got: Got) -> web.Response:
    said = {"headers": got.headers, "query": got.query, "path": got.path, "body": got.body.decode()}
    # A reason goes on one line.
    return web.json_response(said, status=status, reason=f"no {got.headers['Authorization']}")


@pytest.mark.parametrize("status", [200, 400])
def test_what_it_says_is_kept_without_it(desk: Desk, status: int) -> None:
    callback = desk.callback(attributes=ATTRIBUTES, retryPolicy={"policy": "None"})
    desk.sink.behave = lambda got: echo(status, got)
    (action,) = desk.put(callback)
    desk.deliver(callback)
    (got,) = desk.sink.got
    assert got.headers["Authorization"] == CANARIES["Header"]
    assert got.query["X-Query"] == CANARIES["Query"]
    assert got.document["attributes"] == [{"key": "X-Body", "value": CANARIES["Body"]}]
    attempt = Attempt.objects.get()
    assert action in attempt.answer
    assert "***" in attempt.answer
    assert "canary" not in attempt.answer
    assert attempt.error == ("" if status == 200 else "It answered 400 no ***.")
    for canary in CANARIES.values():
        assert places_of(canary, dump()) == []


def test_each_try_posts_the_same_bytes(desk: Desk) -> None:
    """The second reads them from the database, where they are encrypted."""
    answers = iter([503, 200])
    callback = desk.callback(attributes=ATTRIBUTES)
    desk.sink.behave = lambda _: next(answers)
    desk.put(callback)
    desk.deliver(callback)
    assert isinstance(callback.batches.get().body, SecretBytes)
    desk.next_try(callback)
    first, second = desk.sink.got
    assert first.body == second.body
    assert json.loads(second.body)["attributes"] == [{"key": "X-Body", "value": CANARIES["Body"]}]


def test_a_body_without_values_costs_nothing(desk: Desk) -> None:
    """A variable is filled in by ourselves, and says nothing of its subscriber."""
    variable = {"type": "Body", "key": "vin", "value": "$vin"}
    callback = desk.callback(attributes=[variable, *(item for item in ATTRIBUTES if item["type"] != "Body")])
    desk.put(callback)
    desk.deliver(callback)
    body = callback.batches.get().body
    assert not isinstance(body, SecretBytes)
    assert bytes(body).startswith(b"{")
