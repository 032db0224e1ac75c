"""Notifications of Connected Car v1 come in: messages, one or many, beside v3's, and some that can't be read."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from callbacks import channels
from callbacks.models import Callback, Notification, kept
from remotes.intake import ingest
from remotes.life.adoption import adopt_newest
from remotes.models import InboundRequest, RemoteAction, RemoteEvent
from tests.callbacks.outbox_world import make_callback, make_channel
from tests.long_form import examples
from tests.published import hold
from tests.remotes.conftest import NOON, Notify, Yard, event
from tests.web_server import Answered

VIN = "VF3ABCDE0FG123456"


def message(status: str, *, done: bool = False, at: datetime = NOON, action: str = "a1", **more: Any) -> dict[str, Any]:
    """A Message as upstream writes it (connected-car-v1-webhook.yaml)."""
    event_status = {"type": "Done" if done else "Pending", "status": status, **more.pop("status_more", {})}
    remote_event = {"remoteActionId": action, "remoteType": "Doors", "eventStatus": event_status}
    return {
        "channelId": "c1",
        "attributes": [],
        "type": "Remote",
        "date": at.isoformat(),
        "remoteEvent": remote_event,
        **more,
    }


def notification(*events: dict[str, Any]) -> dict[str, Any]:
    """RemoteEvents of v3."""
    return {"callbackId": "c1", "attributes": [], "events": list(events)}


def post(notify: Notify, document: Any) -> Answered:
    return notify(body=json.dumps(document).encode())


def test_the_messages_of_these_tests_are_published_ones() -> None:
    hold(message("Accepted"), "Message", "connected-car-v1-webhook.yaml")


def test_an_action_goes_from_accepted_to_success(yard: Yard, notify: Notify) -> None:
    action = yard.action()
    for second, status in enumerate(["Accepted", "WakingUpVehicle", "CheckingVehicle", "SentToVehicle"]):
        assert post(notify, message(status, at=NOON + timedelta(seconds=second))).status_code == 200
        action.refresh_from_db()
        assert (action.state, action.status) == ("accepted", status)
    post(notify, message("Success", done=True, at=NOON + timedelta(seconds=9)))
    action.refresh_from_db()
    assert (action.state, action.status) == ("done", "Success")
    assert set(action.events.values_list("remote_type", "vin", "source")) == {("Doors", "", "webhook")}


def test_an_array_is_taken_in_by_one_statement(yard: Yard) -> None:
    action = yard.action()
    said = [message("Accepted", action="a2"), message("Success", done=True, at=NOON + timedelta(seconds=2))]
    incoming = ingest.read(yard.upstream.pk, yard.gateway.pk, NOON, json.dumps([message("Accepted"), *said]).encode())
    yard.action("a2")
    with CaptureQueriesContext(connection) as queries:
        ingest.store([incoming])
    assert len(queries) == 1
    action.refresh_from_db()
    assert (action.status, action.events.count()) == ("Success", 2)
    assert InboundRequest.objects.get().event_count == 3


def test_members_that_can_not_be_read_are_quarantined_and_the_rest_counts(yard: Yard, notify: Notify) -> None:
    action = yard.action()
    broken = message("Success", done=True)
    del broken["remoteEvent"]["eventStatus"]
    monitor = {"channelId": "c1", "type": "Monitor", "date": NOON.isoformat(), "monitorEvent": {"monitorId": "m1"}}
    mixed = [broken, message("Accepted"), monitor, notification(event("SentToVehicle")), {"what": 1}]
    assert post(notify, mixed).status_code == 200
    request = InboundRequest.objects.get()
    assert (request.outcome, request.event_count) == ("quarantined", 2)
    for place in ("[0].remoteEvent.eventStatus", "[2].type", "[4]."):
        assert place in request.reason
    assert sorted(action.events.values_list("status", flat=True)) == ["Accepted", "SentToVehicle"]


def test_unknown_words_and_fields_are_kept(yard: Yard, notify: Notify) -> None:
    action = yard.action()
    post(notify, message("Failed", done=True, status_more={"failureCause": "MoonPhase"}, later="field"))
    action.refresh_from_db()
    assert (action.status, action.failure_cause) == ("Failed", "MoonPhase")
    assert "field" in json.dumps(action.events.get().extra)


def test_a_message_that_comes_before_the_answer_is_adopted(yard: Yard, notify: Notify) -> None:
    post(notify, message("Success", done=True))
    orphan = RemoteEvent.objects.get()
    assert (orphan.action, orphan.vin) == (None, "")
    action = yard.action()
    adopt_newest()
    action.refresh_from_db()
    assert (action.state, action.status) == ("done", "Success")


def test_an_attribute_may_tell_the_vehicle(yard: Yard, notify: Notify) -> None:
    post(notify, message("Accepted", attributes=[{"key": "VIN", "value": VIN.lower()}]))
    assert RemoteEvent.objects.get().vin == VIN


@pytest.mark.parametrize("value", [7, None, True, "V" * 5000, {"a": 1}, ["x"]])
def test_an_attribute_that_tells_no_vehicle_keeps_no_event_from_counting(
    yard: Yard, notify: Notify, value: Any
) -> None:
    action = yard.action()
    post(notify, message("Accepted", attributes=[{"key": "vin", "value": value}]))
    action.refresh_from_db()
    assert (action.status, RemoteEvent.objects.get().vin) == ("Accepted", "")
    assert action.events.get().extra["message"]["attributes"] == [{"key": "vin", "value": value}]


# What a cloud may put into one array, and what each says of the action: `None` where it can't be read.
_SAID: list[tuple[Any, list[str] | None]] = [
    (message("Accepted"), ["Accepted"]),
    (message("SentToVehicle", at=NOON + timedelta(seconds=1)), ["SentToVehicle"]),
    (message("Success", done=True, at=NOON + timedelta(seconds=2)), ["Success"]),
    (notification(event("WakingUpVehicle"), event("CheckingVehicle")), ["WakingUpVehicle", "CheckingVehicle"]),
    (notification(), []),
    ({**message("Accepted"), "remoteEvent": None}, None),
    (message("", done=True), None),
    ("text", None),
    ([], None),
    (None, None),
]


@settings(max_examples=examples(20), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(range(len(_SAID))), min_size=1, max_size=8))
def test_whatever_stands_in_an_array_each_member_counts_for_itself(
    yard: Yard, notify: Notify, places: list[int]
) -> None:
    RemoteEvent.objects.all().delete()
    RemoteAction.objects.all().delete()
    InboundRequest.objects.all().delete()
    action = yard.action()
    said = [_SAID[place] for place in places]
    assert post(notify, [member for member, _ in said]).status_code == 200
    read = [status for _, statuses in said for status in statuses or ()]
    request = InboundRequest.objects.get()
    assert request.event_count == len(read)
    assert (request.outcome == "quarantined") == any(statuses is None for _, statuses in said)
    assert sorted(action.events.values_list("status", flat=True)) == sorted(set(read))


# Who is told, whatever the vehicle's gateway speaks.


@pytest.fixture
def v1(yard: Yard) -> Callback:
    return channels.member(make_channel(yard.fleet), yard.fleet)


@pytest.mark.parametrize("upstream", [message("Success", done=True), notification(event("Success", done=True))])
def test_each_subscriber_gets_the_event_as_its_dialect_needs_it(
    yard: Yard, notify: Notify, v1: Callback, upstream: dict[str, Any]
) -> None:
    attributes = [
        {"type": "Body", "key": "order", "value": "é 17"},
        {"type": "Body", "key": "s", "value": "$RemoteStatus"},
    ]
    post_to_v1 = yard.action("a1", callback=v1, label='our "label"', extra={"attributes": attributes})
    v3 = make_callback(yard.fleet)
    post_to_v3 = yard.action("a2", callback=v3, label="theirs")
    text = json.dumps(upstream)
    assert notify(body=text.encode()).status_code == 200
    assert notify(body=text.replace('"a1"', '"a2"').encode()).status_code == 200
    rows = Notification.objects.select_related("callback")
    # What waits for v1 has its attributes encrypted.
    assert {row.callback_id: "é 17" in row.event for row in rows} == {v1.pk: False, v3.pk: False}
    told = {row.callback_id: json.loads(kept.opened(row.event, row.callback.dialect)[0]) for row in rows}
    common = {"vin": VIN, "remoteType": "Doors", "eventStatus": {"type": "Done", "status": "Success"}}
    date = {"eventDate": NOON.isoformat(timespec="milliseconds").replace("+00:00", "Z")}
    assert told[v3.pk] == {"remoteActionId": post_to_v3.public_id, **common, **date}
    for_v1 = {"attributes": attributes, "label": 'our "label"'}
    assert told[v1.pk] == {"remoteActionId": post_to_v1.public_id, **common, **date, **for_v1}
