"""Events go in batches where a callback wants it: `size` of them, or those of a `timeWindow`, whichever is first."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callbacks.delivery import turns
from callbacks.delivery.forming import Formed, Waiting, cut
from callbacks.models import Batch, Callback, Notification
from callbacks.status import pause, resume
from fleets.models import ApiClient, Fleet
from protocol.v3 import decode_subscribe
from tests.callbacks.conftest import Desk
from tests.callbacks.outbox_world import make_batch, make_callback, make_event, make_notification
from tests.published import WEBHOOK, hold

# An hour before the run: the noon of these stories. From now, since the product compares it with its own clock.
NOON = datetime.now(UTC).replace(second=0, microsecond=0) - timedelta(hours=1)
WINDOW = timedelta(seconds=300)
TEN = {"size": 10, "timeWindow": 300}


def form_at(callback: Callback, now: datetime, room: int = 1000) -> list[Formed]:
    """What a worker has to deliver that looks at `now`."""
    claim_id = turns.acquire(callback.pk)
    assert claim_id
    turn = turns.take_turn(callback.pk, claim_id, [], room, now)
    turns.release(callback.pk, claim_id)
    return list(turn.batches) if turn else []


def actions(batch: Formed) -> list[str]:
    return [event["remoteActionId"] for event in json.loads(batch.body)["events"]]


def events_at(callback: Callback, *moments: datetime) -> list[str]:
    return [make_notification(callback, created_at=moment).remote_action_id for moment in moments]


def test_ten_go_in_one_request_and_three_when_the_window_closes(fleet: Fleet) -> None:
    callback = make_callback(fleet, batchNotify=TEN)
    sent = events_at(callback, *[NOON + timedelta(seconds=number) for number in range(13)])
    (full,) = form_at(callback, NOON + timedelta(seconds=13))
    assert actions(full) == sent[:10]
    opened = NOON + timedelta(seconds=10)
    Batch.objects.update(state="delivered", delivered_at=NOON)
    assert form_at(callback, opened + WINDOW - timedelta(seconds=0.001)) == []
    (rest,) = form_at(callback, opened + WINDOW)
    assert actions(rest) == sent[10:]
    assert not Notification.objects.exists()


def test_a_batch_that_is_full_does_not_wait_for_its_window(desk: Desk) -> None:
    callback = desk.callback(batchNotify={"size": 3, "timeWindow": 300})
    sent = desk.put(callback, 7, vehicle=1)
    desk.deliver(callback)
    assert [got.actions for got in desk.sink.got] == [sent[:3], sent[3:6]]
    Notification.objects.update(created_at=NOON)
    desk.put(callback)
    desk.until(callback, lambda: len(desk.sink.got) == 3, "the window to close")
    assert desk.sink.got[2].actions[0] == sent[6]


def test_a_window_that_closes_is_found_by_the_sweep(desk: Desk) -> None:
    callback = desk.callback(batchNotify={"size": 100, "timeWindow": 5})
    desk.put(callback, 4)
    desk.deliver(callback)
    assert desk.sink.got == []
    Notification.objects.update(created_at=NOON - timedelta(seconds=5))
    desk.until(callback, lambda: desk.sink.got, "the window to close")
    assert len(desk.sink.got[0].events) == 4


waits = st.lists(st.integers(0, 400), max_size=40).map(sorted)


@given(waits, st.integers(0, 12), st.integers(5, 400), st.integers(0, 900))
def test_whatever_comes_when_batches_are_cut_right(ages: list[int], size: int, window: int, now: int) -> None:
    """Each event stands in one batch or still waits; none is too large, none is late, none is early."""
    waiting = [Waiting(number, None, "", "", "", "", NOON + timedelta(seconds=age)) for number, age in enumerate(ages)]
    at, span = NOON + timedelta(seconds=now), timedelta(seconds=window)
    groups = cut(waiting, size, span, at)
    formed = [item for group in groups for item in group]
    assert formed == waiting[: len(formed)]
    left = waiting[len(formed) :]
    for group in groups:
        assert 1 <= len(group) <= max(size, 1)
        assert len(group) == max(size, 1) or group[0].created_at + span <= at
    assert len(left) < max(size, 1)
    assert not left or left[0].created_at + span > at


def test_a_body_has_the_published_shape(desk: Desk) -> None:
    attributes = [{"type": "Body", "key": "site", "value": "Lyon"}, {"type": "Body", "key": "v", "value": "$vin"}]
    callback = desk.callback(batchNotify={"size": 3}, attributes=attributes)
    for vin in ("VF3ABCDE0FG000001", "VF3ABCDE0FG000002", "VF3ABCDE0FG000001"):
        desk.put(callback, vin=vin)
    desk.deliver(callback)
    (got,) = desk.sink.got
    assert got.document["attributes"] == [
        {"key": "site", "value": "Lyon"},
        {"key": "v", "value": "VF3ABCDE0FG000001,VF3ABCDE0FG000002"},
    ]
    hold(got.document, "RemoteEvents", WEBHOOK)


def test_without_batches_each_event_is_its_own_request_at_once(fleet: Fleet) -> None:
    callback = make_callback(fleet)
    sent = events_at(callback, NOON, NOON, NOON)
    assert [actions(batch) for batch in form_at(callback, NOON)] == [[action] for action in sent]


@pytest.mark.parametrize("kind", ["Header", "Query"])
@pytest.mark.parametrize("variable", ["$vin", "$remoteType"])
def test_a_header_or_parameter_of_one_vehicle_means_one_event_a_request(desk: Desk, kind: str, variable: str) -> None:
    callback = desk.callback(batchNotify=TEN, attributes=[{"type": kind, "key": "About", "value": variable}])
    about = [("VF3ABCDE0FG000001", "Doors"), ("VF3ABCDE0FG000002", "Horn"), ("VF3ABCDE0FG000003", "Lights")]
    for vin, remote_type in about:
        desk.put(callback, vin=vin, remote_type=remote_type)
    desk.deliver(callback)
    for got in desk.sink.got:
        (event,) = got.events
        said = got.headers["About"] if kind == "Header" else got.query["About"]
        assert said == (event["vin"] if variable == "$vin" else event["remoteType"])
    assert sorted((got.events[0]["vin"], got.events[0]["remoteType"]) for got in desk.sink.got) == about


def test_what_is_formed_stays_as_it_is_when_the_callback_is_edited(desk: Desk) -> None:
    """The batch that failed keeps its members and bytes; the new size holds for what was not formed."""
    callback = desk.callback(batchNotify={"size": 4}, attributes=[{"type": "Body", "key": "version", "value": "old"}])
    desk.sink.behave = lambda _: 500
    formed = desk.put(callback, 4)
    desk.deliver(callback)
    (first,) = desk.sink.got
    unformed = desk.put(callback, 3)
    edited = callback.subscribe | {"batchNotify": {"size": 2}}
    edited["callback"]["webhook"]["attributes"] = [{"type": "Body", "key": "version", "value": "new"}]
    callback.register(decode_subscribe(edited))
    callback.save()
    desk.sink.behave = lambda _: 200
    desk.sink.got.clear()
    desk.next_try(callback)
    again = next(got for got in desk.sink.got if got.webhook_id == first.webhook_id)
    assert (again.body, again.actions) == (first.body, formed)
    (fresh,) = [got for got in desk.sink.got if got is not again]
    assert fresh.actions == unformed[:2]
    assert fresh.document["attributes"] == [{"key": "version", "value": "new"}]


def test_a_paused_callback_forms_nothing(desk: Desk) -> None:
    callback = desk.callback(batchNotify={"size": 2})
    pause(callback)
    sent = desk.put(callback, 4)
    Notification.objects.update(created_at=NOON)
    assert form_at(callback, NOON + timedelta(days=1)) == []
    assert Notification.objects.count() == 4
    Notification.objects.update(created_at=datetime.now(UTC))
    resume(callback)
    desk.deliver(callback)
    assert desk.sink.actions == sent


def test_a_large_backlog_is_formed_piece_by_piece(fleet: Fleet) -> None:
    callback = make_callback(fleet, batchNotify={"size": 2})
    sent = events_at(callback, *[NOON] * 10)
    formed = form_at(callback, NOON, room=3)
    assert [actions(batch) for batch in formed] == [sent[0:2], sent[2:4], sent[4:6]]
    assert Notification.objects.count() == 4


def test_the_published_examples_own_events_can_be_batched(fleet: Fleet) -> None:
    """Fields that this version doesn't know are kept, and stand in the body as they came."""
    callback = make_callback(fleet, batchNotify={"size": 2})
    odd = make_event(new={"field": ["é", None, 1.5]}, vin="")
    make_notification(callback, odd, created_at=NOON)
    make_notification(callback, created_at=NOON)
    (batch,) = form_at(callback, NOON)
    assert json.loads(batch.body)["events"][0] == odd
    make_batch(callback, odd)


@pytest.mark.parametrize("may_see", [True, False])
def test_a_client_that_may_not_see_positions_is_sent_none(
    fleet: Fleet, monkeypatch: pytest.MonkeyPatch, may_see: bool
) -> None:
    """Whatever upstream adds to an event; the event itself arrives."""
    callback = make_callback(fleet)
    client = ApiClient.objects.create(client_id="x", name="x", username="x")
    Callback.objects.filter(pk=callback.pk).update(created_by=client)
    if "sees_positions" in {each.name for each in ApiClient._meta.get_fields()}:
        ApiClient.objects.update(**{"sees_positions": may_see})
    else:
        monkeypatch.setattr(ApiClient, "sees_positions", may_see, raising=False)
    event = make_event(place={"latitude": 45.76, "longitude": 4.83}, note="kept")
    make_notification(callback, event, created_at=NOON)
    (batch,) = form_at(callback, NOON)
    (sent,) = json.loads(batch.body)["events"]
    assert sent["remoteActionId"] == event["remoteActionId"]
    assert sent["note"] == "kept"
    assert ("place" in sent) is may_see
