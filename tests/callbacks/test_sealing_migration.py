"""The migrations that encrypt what subscribers are known by, forward and back, on rows that were there before."""

import json
from collections.abc import Iterator
from importlib import import_module

import pytest
from django.db import connection

from callbacks import channels
from callbacks.delivery.forming import form
from callbacks.models import Batch, Callback, Channel
from callbacks.outbox import Entry, put
from fleets.storage import clock
from remotes.models import RemoteAction
from tests.callbacks.outbox_world import make_attempt, make_callback, make_channel, make_event
from tests.dumped import dump, places_of
from tests.long_form import LONG
from tests.migrating import migrate
from tests.world import make_action, make_fleet, make_vehicle

BEFORE = [("callbacks", "0005_channels"), ("remotes", "0021_alert_marks")]
MODULES = ("callbacks.migrations.0006_secrets_sealed", "remotes.migrations.0022_secrets_sealed")
AFTER = [("callbacks", "0006_secrets_sealed"), ("remotes", "0022_secrets_sealed")]

CANARY = "canary of a subscriber"
HEADER = {"type": "Header", "key": "Authorization", "value": CANARY}
BODY = {"type": "Body", "key": "pin", "value": CANARY}
PLAIN_AGAIN = {
    "callbacks_batch",
    "callbacks_callback",
    "callbacks_channel",
    "callbacks_notification",
    "remotes_remoteaction",
}


def by_their_steps(way: str) -> None:
    """What the migrations do to rows: the tables stay as they are, and all states of all rooms take long to make."""
    for name in MODULES:
        step = import_module(name).Migration.operations[-1]
        with connection.schema_editor() as editor:
            (step.reverse_code if way == "back" else step.code)(None, editor)


def by_migrate(way: str) -> None:
    migrate(BEFORE if way == "back" else AFTER)


@pytest.fixture
def as_it_was(transactional_db: None) -> Iterator[None]:
    yield
    if LONG:
        migrate()


def test_rows_of_before_are_encrypted_and_plain_again_on_the_way_back(as_it_was: None) -> None:
    go = by_migrate if LONG else by_their_steps
    fleet = make_fleet()
    callback, channel = make_callback(fleet, attributes=[HEADER, BODY]), make_channel(fleet, attributes=[HEADER])
    action = make_action(make_vehicle(fleet), extra={"attributes": [BODY]})
    harmless = make_callback(fleet)
    put(callback, [Entry(make_event(), None)])
    put(harmless, [Entry(make_event(), None)])
    form(callback, clock.now(), 10)
    form(harmless, clock.now(), 10)
    put(channels.member(channel, fleet), [Entry(make_event(attributes=[BODY]), None)])
    assert places_of(CANARY, dump()) == []

    go("back")
    assert set(places_of(CANARY, dump())) == PLAIN_AGAIN
    attempt = make_attempt(Batch.objects.filter(callback=callback).get(), answer=f"You said: {CANARY}.")
    go("forth")
    assert places_of(CANARY, dump()) == []

    assert Callback.objects.get(pk=callback.pk).webhook["attributes"] == [HEADER, BODY]
    attempt.refresh_from_db()
    assert attempt.answer == "You said: ***."
    assert Callback.objects.get(pk=callback.pk).subscribe == callback.subscribe
    assert Channel.objects.get(pk=channel.pk).subscribe == channel.subscribe
    assert RemoteAction.objects.get(pk=action.pk).extra == {"attributes": [BODY]}
    form(channels.member(channel, fleet), clock.now(), 10)
    bodies = [json.loads(bytes(batch.body)) for batch in Batch.objects.order_by("pk")]
    pair = {"key": "pin", "value": CANARY}
    assert [body["attributes"] for body in bodies] == [[pair], [], [pair]]
