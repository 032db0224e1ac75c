"""The migrations that encrypt what subscribers are known by, forward and back, on rows that were there before."""

import json
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from callbacks import channels
from callbacks.delivery.forming import form
from callbacks.models import Batch, Callback, Channel
from callbacks.outbox import Entry, put
from fleets.storage import clock
from remotes.models import RemoteAction
from tests.callbacks.outbox_world import make_callback, make_channel, make_event
from tests.dumped import dump, places_of
from tests.world import make_action, make_fleet, make_vehicle

BEFORE = [("callbacks", "0005_channels"), ("remotes", "0021_alert_marks")]
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


def migrate(to: list[tuple[str, str]] | None = None) -> None:
    executor = MigrationExecutor(connection)
    executor.migrate(to or executor.loader.graph.leaf_nodes())


@pytest.fixture
def at_the_end(transactional_db: None) -> Any:
    yield
    migrate()


def test_rows_of_before_are_encrypted_and_plain_again_on_the_way_back(at_the_end: None) -> None:
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

    migrate(BEFORE)
    assert set(places_of(CANARY, dump())) == PLAIN_AGAIN
    migrate(AFTER)
    assert places_of(CANARY, dump()) == []

    assert Callback.objects.get(pk=callback.pk).webhook["attributes"] == [HEADER, BODY]
    assert Callback.objects.get(pk=callback.pk).subscribe == callback.subscribe
    assert Channel.objects.get(pk=channel.pk).subscribe == channel.subscribe
    assert RemoteAction.objects.get(pk=action.pk).extra == {"attributes": [BODY]}
    form(channels.member(channel, fleet), clock.now(), 10)
    bodies = [json.loads(bytes(batch.body)) for batch in Batch.objects.order_by("pk")]
    pair = {"key": "pin", "value": CANARY}
    assert [body["attributes"] for body in bodies] == [[pair], [], [pair]]
