"""A subscriber of a v1 channel gets messages; 100 that wait go as an array, without header and query attributes."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from callbacks import channels
from callbacks.delivery import sweep
from callbacks.delivery.forming import Waiting, arrays
from callbacks.delivery.policy import LIFE
from callbacks.delivery.turns import ALONE
from callbacks.models import Batch, Callback, Channel, Delivery, Notification
from callbacks.outbox import Entry, put
from callbacks.status import fail, pause, resume
from callbacks.trial import REMOTE_TYPE_V1, send_test
from tests.callbacks.conftest import Desk
from tests.callbacks.outbox_world import make_channel, make_event
from tests.callbacks.sink import Got
from tests.published import hold

V1_WEBHOOK = "connected-car-v1-webhook.yaml"
VIN = "VF3ABCDE0FG123456"
WITH_TOKEN: list[dict[str, str]] = [
    {"type": "Header", "key": "X-Vehicle-Id", "value": "$Vin"},
    {"type": "Header", "key": "Authorization", "value": "Bearer token"},
    {"type": "Query", "key": "channel", "value": "$ChannelId"},
    {"type": "Query", "key": "label", "value": "$ChannelLabel"},
]


@pytest.fixture
def channel(desk: Desk) -> Channel:
    return make_channel(desk.fleet, target=f"{desk.sink.url}/secret?site=1", attributes=WITH_TOKEN)


@pytest.fixture
def member(desk: Desk, channel: Channel) -> Callback:
    return channels.member(channel, desk.fleet)


def messages(got: Got) -> list[dict[str, Any]]:
    found: Any = got.document
    return found if isinstance(found, list) else [found]


def actions(got: Got) -> list[str]:
    return [message["remoteEvent"]["remoteActionId"] for message in messages(got)]


def sizes(desk: Desk) -> list[int]:
    return [len(messages(got)) for got in desk.sink.got]


def occur(member: Callback, count: int, vehicles: int = 7) -> dict[int, list[str]]:
    """Events of that many vehicles in turn: the ids of their actions, by vehicle."""
    told: dict[int, list[str]] = {}
    entries = []
    for number in range(count):
        event = make_event(vin=f"VF3ABCDE0FG{number % vehicles:06}")
        told.setdefault(number % vehicles, []).append(event["remoteActionId"])
        entries.append(Entry(event, number % vehicles))
    put(member, entries)
    return told


def arrived(desk: Desk, told: dict[int, list[str]]) -> dict[int, list[str]]:
    """What was taken by the subscriber, by vehicle, in the order in which it came first."""
    came = list(dict.fromkeys(action for got in desk.sink.got for action in actions(got)))
    return {vehicle: [action for action in came if action in set(sent)] for vehicle, sent in told.items()}


def test_an_event_is_a_message_under_the_channels_id(desk: Desk, channel: Channel, member: Callback) -> None:
    (action,) = desk.put(member, vin=VIN)
    desk.deliver(member)
    (got,) = desk.sink.got
    assert got.document["channelId"] == channel.public_id
    assert (got.document["date"], got.document["type"]) == ("2026-11-21T08:00:00.000Z", "Remote")
    assert got.document["remoteEvent"] == {
        "remoteActionId": action,
        "remoteType": "Doors",
        "eventStatus": {"type": "Done", "status": "Success"},
    }
    assert got.headers["X-Vehicle-Id"] == VIN
    assert got.query == {"site": "1", "channel": channel.public_id, "label": "Booking"}
    assert desk.batch(member).vins == [VIN]
    hold(got.document, "Message", V1_WEBHOOK)


def test_its_test_is_a_message_too(desk: Desk, channel: Channel, member: Callback) -> None:
    send_test(member)
    desk.deliver(member)
    (got,) = desk.sink.got
    assert (got.document["channelId"], got.document["remoteEvent"]["remoteType"]) == (channel.public_id, REMOTE_TYPE_V1)
    hold(got.document, "Message", V1_WEBHOOK)


@given(st.integers(0, 501), st.integers(1, 120), st.booleans())
def test_arrays_are_full_and_the_rest_goes_alone_or_waits(count: int, size: int, rest: bool) -> None:
    waiting = [Waiting(number, None, "", "", "", "", timezone.now()) for number in range(count)]
    groups = arrays(waiting, size, rest=rest)
    formed = [item for group in groups for item in group]
    assert formed == waiting[: len(formed)]
    assert len(formed) == (count if rest else count - count % size)
    assert [len(group) for group in groups[: count // size]] == [size] * (count // size)
    assert {len(group) for group in groups[count // size :]} <= {1}


def test_after_an_outage_arrays_of_100_come_in_order_and_nothing_is_lost(desk: Desk, member: Callback) -> None:
    desk.sink.behave = lambda _: 500
    told: dict[int, list[str]] = {}
    for count in (3, 2, *[38] * 9):
        for vehicle, sent in occur(member, count).items():
            told.setdefault(vehicle, []).extend(sent)
        desk.deliver(member)
    # Only the first were tried each alone: of the others what fills no array waits for company.
    formed = list(Batch.objects.filter(callback=member).order_by("pk").values_list("event_count", flat=True))
    assert formed == [1] * formed.count(1) + [100] * 3
    assert Notification.objects.filter(callback=member).count() == 347 - sum(formed)
    tried = {got.webhook_id: got.body for got in desk.sink.got}
    desk.sink.got.clear()
    desk.sink.behave = lambda _: 200
    desk.next_try(member)
    desk.until(member, lambda: set(desk.states(member)) == {"delivered"}, "all of it")
    assert arrived(desk, told) == told
    assert sum(sizes(desk)) == 347
    assert all(tried.get(got.webhook_id, got.body) == got.body for got in desk.sink.got)
    assert not Notification.objects.filter(callback=member).exists()


def test_an_array_has_neither_header_nor_query_attributes_but_is_signed(desk: Desk, member: Callback) -> None:
    refusals = [500]
    desk.sink.behave = lambda _: refusals.pop() if refusals else 200
    occur(member, 100)
    desk.deliver(member)
    desk.next_try(member)
    first, again = desk.sink.got
    assert (first.body, first.webhook_id) == (again.body, again.webhook_id)
    assert sizes(desk) == [100, 100]
    # The secret in the target's path stays, and what the target's own query says.
    assert (again.path, again.query) == ("/hook/secret", {"site": "1"})
    assert "X-Vehicle-Id" not in again.headers
    assert "Authorization" not in again.headers
    assert again.headers["webhook-signature"].startswith("v1,")
    assert desk.states(member) == ["delivered"]
    for message in messages(again):
        hold(message, "Message", V1_WEBHOOK)


def test_what_was_kept_while_paused_comes_as_arrays_and_the_rest_one_by_one(desk: Desk, member: Callback) -> None:
    pause(member)
    told = occur(member, 203)
    desk.deliver(member)
    assert desk.sink.got == []
    resume(member)
    desk.deliver(member)
    assert sorted(sizes(desk)) == [1, 1, 1, 100, 100]
    assert arrived(desk, told) == told


def test_a_failed_channel_is_probed_with_what_waits(desk: Desk, member: Callback) -> None:
    fail(member, "5 notifications in a row did not arrive.")
    Delivery.objects.create(callback=member, failing_since=timezone.now())
    told = occur(member, 130)
    desk.deliver(member)
    desk.until(member, lambda: not Notification.objects.filter(callback=member).exists(), "all of it")
    assert sizes(desk)[0] == 100
    assert arrived(desk, told) == told
    member.refresh_from_db()
    assert member.status == Callback.Status.RUNNING


def test_a_message_that_is_never_taken_keeps_no_other_back(desk: Desk, member: Callback) -> None:
    (poison,) = desk.put(member)
    desk.sink.behave = lambda got: 500 if poison in actions(got) else 200
    desk.deliver(member)
    for _ in range(3):
        (other,) = desk.put(member)
        desk.next_try(member)
        assert other in [action for got in desk.sink.got for action in actions(got)]
    assert Batch.objects.filter(callback=member, state=Batch.State.WAITING).count() == 1


def test_more_of_them_are_taken_for_an_outage_until_one_arrives(desk: Desk, member: Callback) -> None:
    desk.sink.behave = lambda _: 500
    desk.put(member, ALONE)
    desk.deliver(member)
    (held,) = desk.put(member)
    desk.deliver(member)
    assert Notification.objects.get(callback=member).remote_action_id == held
    desk.sink.behave = lambda _: 200
    desk.next_try(member)
    assert held in [action for got in desk.sink.got for action in actions(got)]


def test_a_v3_callback_never_gets_an_array(desk: Desk) -> None:
    callback = desk.callback()
    sent = desk.put(callback, 120)
    desk.deliver(callback)
    assert sorted(desk.sink.actions) == sorted(sent)
    assert all(isinstance(got.document, dict) for got in desk.sink.got)


def test_what_was_not_formed_for_three_days_is_seen_as_expired(desk: Desk, member: Callback) -> None:
    pause(member)
    occur(member, 102)
    Notification.objects.update(created_at=timezone.now() - LIFE - timedelta(minutes=1))
    sweep.prune()
    batches = Batch.objects.filter(callback=member).order_by("pk")
    assert list(batches.values_list("state", "event_count")) == [("expired", 100), ("expired", 1), ("expired", 1)]
