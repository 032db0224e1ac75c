"""Whatever happens to an action is told to the callback that it names: once, in order, in the published shape."""

import json
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import OperationalError, connection, connections, transaction
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from callbacks.models import Callback, Notification
from fleets.models import ApiClient
from protocol.canonical import ActionReport, format_time
from remotes.intake import ingest, quarantine, webhook
from remotes.life.adoption import adopt_newest, adopt_orphans
from remotes.life.endings import record_report
from remotes.models import InboundRequest, RemoteAction, RemoteEvent
from remotes.sending.dispatch import dispatch_vehicle
from remotes.sending.reconcile import reconcile
from tests.api.conftest import Caller
from tests.callbacks.outbox_world import is_woken, make_callback
from tests.long_form import examples
from tests.published import WEBHOOK, hold
from tests.remotes.cloud import Cloud
from tests.remotes.conftest import NOON, Notify, Yard, event
from tests.waiting import wait_until

OUR_VIN = "VF3ABCDE0FG123456"


def soon(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


@pytest.fixture
def callback(yard: Yard) -> Callback:
    return make_callback(yard.fleet)


def told(callback: Callback) -> list[dict[str, Any]]:
    """The events that wait for the callback, oldest first."""
    rows = Notification.objects.filter(callback=callback).order_by("id")
    return [json.loads(row.event) for row in rows]


def words(events: list[dict[str, Any]]) -> list[str]:
    return [entry["eventStatus"]["status"] for entry in events]


def by_notification(yard: Yard, cloud: Cloud, notify: Notify, callback: Callback) -> RemoteAction:
    action = yard.action(callback=callback)
    notify(event("Success", done=True))
    return action


def by_a_notification_that_overtakes_the_answer(
    yard: Yard, cloud: Cloud, notify: Notify, callback: Callback
) -> RemoteAction:
    notify(event("Success", done=True))
    assert told(callback) == []
    action = yard.action(None, callback=callback)
    dispatch_vehicle(yard.vehicle.pk)
    return action


def by_the_sweep(yard: Yard, cloud: Cloud, notify: Notify, callback: Callback) -> RemoteAction:
    notify(event("Success", done=True))
    action = yard.action(callback=callback)
    adopt_newest()
    return action


def by_polling(yard: Yard, cloud: Cloud, notify: Notify, callback: Callback) -> RemoteAction:
    action = yard.action(callback=callback, due_at=timezone.now())
    cloud.actions["a1"] = {"remoteActionId": "a1", "status": "Success"}
    reconcile(action.pk)
    return action


def by_a_refusal(yard: Yard, cloud: Cloud, notify: Notify, callback: Callback) -> RemoteAction:
    cloud.next.append((400, {"message": "This vehicle has been sold."}, {}))
    action = yard.action(None, callback=callback)
    dispatch_vehicle(yard.vehicle.pk)
    return action


def by_expiring(yard: Yard, cloud: Cloud, notify: Notify, callback: Callback) -> RemoteAction:
    action = yard.action(None, callback=callback, expires_at=timezone.now())
    dispatch_vehicle(yard.vehicle.pk)
    return action


def by_leaving_no_trace(yard: Yard, cloud: Cloud, notify: Notify, callback: Callback) -> RemoteAction:
    now = timezone.now()
    past, long_ago = now - timedelta(minutes=2), now - timedelta(minutes=20)
    # Another one is listed, so that a list without this one proves something.
    other = {"state": "done", "status": "Success", "finished_at": long_ago, "accepted_at": long_ago}
    yard.action(cloud.accept({"label": "earlier"}), upstream_callback_id="c1", **other)
    unknown = {"state": "unknown", "sent_at": long_ago, "upstream_callback_id": "c1"}
    action = yard.action(None, callback=callback, due_at=now, absent_since=past, **unknown)
    reconcile(action.pk)
    return action


def by_three_days_of_silence(yard: Yard, cloud: Cloud, notify: Notify, callback: Callback) -> RemoteAction:
    past = timezone.now() - timedelta(days=3, minutes=1)
    action = yard.action(callback=callback, due_at=timezone.now(), accepted_at=past)
    reconcile(action.pk)
    return action


Way = Callable[[Yard, Cloud, Notify, Callback], RemoteAction]
# Each way in which something happens to an action, and what then is told.
WAYS: list[tuple[Way, str]] = [
    (by_notification, "Success"),
    (by_a_notification_that_overtakes_the_answer, "Success"),
    (by_the_sweep, "Success"),
    (by_polling, "Success"),
    (by_a_refusal, "Failed"),
    (by_expiring, "Failed"),
    (by_leaving_no_trace, "Failed"),
    (by_three_days_of_silence, "Failed"),
]


@pytest.mark.parametrize(("way", "status"), WAYS, ids=[way.__name__ for way, _ in WAYS])
def test_each_way_gives_one_notification_of_the_published_shape(
    yard: Yard, cloud: Cloud, notify: Notify, callback: Callback, way: Way, status: str
) -> None:
    before = timezone.now()
    action = way(yard, cloud, notify, callback)
    row = Notification.objects.get()
    body = json.loads(row.event)
    assert (row.callback_id, row.order_key) == (callback.pk, yard.vehicle.pk)
    assert (row.remote_action_id, row.vin, row.remote_type) == (action.public_id, OUR_VIN, "Doors")
    assert before <= row.created_at <= timezone.now()
    assert (body["remoteActionId"], body["vin"], body["remoteType"]) == (action.public_id, OUR_VIN, "Doors")
    assert body["eventStatus"]["status"] == status
    hold(body, "RemoteEvent", WEBHOOK)


def test_what_upstream_notifies_is_told_under_our_id(yard: Yard, notify: Notify, callback: Callback) -> None:
    action = yard.action(callback=callback)
    an_hour_ahead = soon(0.5).astimezone(timezone.get_fixed_timezone(60)).isoformat()
    notify(event("Failed", done=True, cause="DoorsOpen", at=an_hour_ahead, action="a1"))
    assert told(callback) == [
        {
            "remoteActionId": action.public_id,
            "vin": OUR_VIN,
            "remoteType": "Doors",
            "eventDate": format_time(soon(0.5)),
            "eventStatus": {"type": "Done", "status": "Failed", "failureCause": "DoorsOpen"},
        }
    ]


@pytest.mark.parametrize("known", [True, False], ids=["known", "orphan"])
def test_what_upstream_says_besides_is_kept_and_what_it_leaves_out_is_filled_in(
    yard: Yard, notify: Notify, callback: Callback, known: bool
) -> None:
    action = yard.action("a1" if known else None, callback=callback)
    new = event("Teleporting", vin="VF7OTHER0FG123456", remoteType="Hover", mood='"\\" ✓\n', levels=[{"x": 1.5}, None])
    new["eventStatus"]["progress"] = 40
    new["eventStatus"]["feedbackDetail"] = "CIDBlacklisted"
    notify(new, event("SentToVehicle", at=soon(1), vin=None, remoteType=None))
    if not known:
        action.set(upstream_id="a1", state="accepted")
        adopt_orphans(action)
    first, second = told(callback)
    assert first == {**new, "remoteActionId": action.public_id, "eventDate": format_time(NOON)}
    assert (second["vin"], second["remoteType"]) == (OUR_VIN, "Doors")
    columns = Notification.objects.order_by("id").values_list("vin", "remote_type")
    assert list(columns) == [("VF7OTHER0FG123456", "Hover"), (OUR_VIN, "Doors")]


def test_a_date_that_nobody_can_read_is_passed_on_as_it_came(yard: Yard, notify: Notify, callback: Callback) -> None:
    yard.action(callback=callback)
    notify(event("Accepted", at="yesterday"), event("SentToVehicle", at=None))
    assert [entry.get("eventDate") for entry in told(callback)] == ["yesterday", None]


def test_an_end_of_our_own_says_why(yard: Yard, cloud: Cloud, notify: Notify, callback: Callback) -> None:
    action = by_a_refusal(yard, cloud, notify, callback)
    action.refresh_from_db()
    (only,) = told(callback)
    assert "This vehicle has been sold." in only["detail"]
    assert only["detail"] == action.detail
    assert only["eventDate"] == format_time(action.events.get().effective_at)
    assert only["eventStatus"] == {"type": "Done", "status": "Failed", "failureCause": "GeneralError"}


def test_the_truth_that_comes_after_an_end_is_told_too(
    yard: Yard, cloud: Cloud, notify: Notify, callback: Callback
) -> None:
    action = by_three_days_of_silence(yard, cloud, notify, callback)
    notify(event("Failed", done=True, cause="VehicleConnectionTimeout"))
    notify(event("Success", done=True, at=soon(500)))
    notify(event("SentToVehicle", at=soon(100)))
    assert words(told(callback)) == ["Failed", "Failed", "Success", "SentToVehicle"]
    action.refresh_from_db()
    assert action.status == "Success"


def test_an_action_without_a_callback_and_a_stranger_tell_nobody(
    yard: Yard, cloud: Cloud, notify: Notify, callback: Callback
) -> None:
    yard.action()
    notify(event("Accepted"), event("Accepted", action="of another client"))
    yard.action(None, expires_at=timezone.now())
    dispatch_vehicle(yard.vehicle.pk)
    assert RemoteEvent.objects.count() == 3
    assert Notification.objects.count() == 0


def test_a_repeat_is_not_told_again(yard: Yard, notify: Notify, callback: Callback) -> None:
    yard.action(callback=callback)
    for _ in range(2):
        notify(event("Accepted"), event("Accepted", mood="other"))
    assert words(told(callback)) == ["Accepted"]
    assert "mood" not in told(callback)[0]


def test_what_was_polled_is_not_told_again_when_it_is_notified(
    yard: Yard, cloud: Cloud, notify: Notify, callback: Callback
) -> None:
    by_polling(yard, cloud, notify, callback)
    notify(event("Success", done=True))
    only, *more = told(callback)
    assert (only["eventStatus"]["status"], more) == ("Success", [])
    assert "eventDate" not in only


def test_what_was_notified_is_not_told_again_when_it_is_polled(
    yard: Yard, cloud: Cloud, notify: Notify, callback: Callback
) -> None:
    action = by_notification(yard, cloud, notify, callback)
    for _ in range(2):
        record_report(action.pk, ActionReport("a1", None, "Success", None, None))
    assert words(told(callback)) == ["Success"]


def test_a_repeat_between_the_answer_and_the_adoption_is_told_once(
    yard: Yard, notify: Notify, callback: Callback
) -> None:
    notify(event("Accepted", at=None))
    action = yard.action(callback=callback)
    notify(event("Accepted", at=None))
    record_report(action.pk, ActionReport("a1", None, "Accepted", None, None))
    assert told(callback) == []
    for _ in range(2):
        adopt_orphans(action)
    assert words(told(callback)) == ["Accepted"]


def test_an_event_that_knows_its_action_is_told_after_an_earlier_one_that_does_not_yet(
    yard: Yard, notify: Notify, callback: Callback
) -> None:
    notify(event("Accepted", at=soon(1)))
    # Its acceptance is written while that is stored, and the two have not found each other when the next one comes.
    action = yard.action(callback=callback)
    notify(event("SentToVehicle", at=soon(3)))
    assert words(told(callback)) == ["Accepted", "SentToVehicle"]
    action.refresh_from_db()
    assert (action.status, action.events.count()) == ("SentToVehicle", 2)


def test_both_wait_for_the_sweep_where_they_cannot_be_attached_at_once(
    yard: Yard, notify: Notify, callback: Callback, monkeypatch: pytest.MonkeyPatch
) -> None:
    notify(event("Accepted", at=soon(1)))
    action = yard.action(callback=callback)
    with monkeypatch.context() as patch:
        patch.setattr(ingest, "adopt_these", out_of_order)
        notify(event("Success", done=True, at=soon(3)))
    assert told(callback) == []
    adopt_newest()
    assert words(told(callback)) == ["Accepted", "Success"]
    action.refresh_from_db()
    assert (action.state, action.status) == ("done", "Success")


def out_of_order(orphans: object) -> None:
    raise OperationalError("the connection is lost here")


def test_what_is_read_again_from_quarantine_is_told_once(yard: Yard, notify: Notify, callback: Callback) -> None:
    yard.action(callback=callback)
    notify({"remoteActionId": ""}, event("Accepted"))
    InboundRequest.objects.update(body=json.dumps({"events": [event("Accepted"), event("SentToVehicle")]}).encode())
    quarantine.replay(InboundRequest.objects.all())
    assert words(told(callback)) == ["Accepted", "SentToVehicle"]


@pytest.mark.django_db(transaction=True)
def test_two_workers_that_adopt_at_the_same_moment_tell_once(yard: Yard, notify: Notify) -> None:
    callback = make_callback(yard.fleet)
    notify(*(event("Accepted", at=soon(second)) for second in range(5)))
    action = yard.action(callback=callback)

    def adopt(_: int) -> None:
        adopt_orphans(action)
        connections.close_all()

    with ThreadPoolExecutor(2) as workers:
        with transaction.atomic():
            RemoteAction.objects.select_for_update().get(pk=action.pk)
            adoptions = workers.map(adopt, range(2))
            wait_until(lambda: waiting_for_locks() == 2, "two workers that wait for the action")
        list(adoptions)
    assert [entry["eventDate"] for entry in told(callback)] == [format_time(soon(second)) for second in range(5)]


def waiting_for_locks() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return int(cursor.fetchone()[0])


@pytest.mark.parametrize("known", [True, False], ids=["known", "orphans"])
def test_what_comes_together_is_told_by_date_and_then_as_a_life_goes(
    yard: Yard, notify: Notify, callback: Callback, known: bool
) -> None:
    action = yard.action("a1", callback=callback) if known else None
    notify(
        event("Success", done=True, at=soon(9)),
        event("SentToVehicle", at=soon(3)),
        event("CheckingVehicle", at=soon(3)),
        event("Accepted", at=soon(1)),
    )
    if action is None:
        adopt_orphans(yard.action("a1", callback=callback))
    assert words(told(callback)) == ["Accepted", "CheckingVehicle", "SentToVehicle", "Success"]


def test_events_of_several_actions_without_a_date_are_told_as_given(
    yard: Yard, notify: Notify, callback: Callback
) -> None:
    actions = {name: yard.action(name, callback=callback) for name in ("a9", "a5", "a7")}
    notify(*(event("Accepted", at=None, action=name) for name in actions))
    assert [entry["remoteActionId"] for entry in told(callback)] == [action.public_id for action in actions.values()]


def test_each_callback_is_told_of_its_own_actions(yard: Yard, notify: Notify, callback: Callback) -> None:
    other = make_callback(yard.fleet)
    first, second = yard.action("a1", callback=callback), yard.action("a2", callback=other)
    notify(event("Accepted", action="a1"), event("Accepted", action="a2"))
    assert [entry["remoteActionId"] for entry in told(callback)] == [first.public_id]
    assert [entry["remoteActionId"] for entry in told(other)] == [second.public_id]


@pytest.mark.parametrize("way", [by_notification, by_the_sweep, by_polling, by_expiring])
def test_a_deleted_callback_is_told_nothing(
    yard: Yard, cloud: Cloud, notify: Notify, callback: Callback, way: Way
) -> None:
    callback.deleted_at = timezone.now()
    callback.save()
    way(yard, cloud, notify, callback)
    assert RemoteEvent.objects.count() == 1
    assert told(callback) == []


@pytest.mark.parametrize("way", [by_notification, by_the_sweep, by_polling, by_expiring])
@pytest.mark.parametrize("status", [Callback.Status.PAUSED, Callback.Status.FAILED])
def test_what_a_callback_cannot_get_now_is_kept_for_it(
    yard: Yard, cloud: Cloud, notify: Notify, callback: Callback, way: Way, status: Callback.Status
) -> None:
    callback.status = status
    callback.save()
    way(yard, cloud, notify, callback)
    assert len(told(callback)) == 1


def test_news_name_the_callbacks_that_have_something_new(yard: Yard, callback: Callback) -> None:
    other = make_callback(yard.fleet)
    yard.action("a1", callback=callback)
    yard.action("a2", callback=other)
    yard.action("a3")

    def store(*events: dict[str, Any]) -> set[int]:
        body = json.dumps({"events": events}).encode()
        return ingest.store([ingest.read(yard.upstream.pk, yard.gateway.pk, NOON, body)]).callback_ids

    assert store(*(event("Accepted", action=name) for name in ("a1", "a2", "a3"))) == {callback.pk, other.pk}
    assert store(event("Accepted", action="a1"), event("SentToVehicle", action="a2")) == {other.pk}
    assert store(event("Accepted", action="a1")) == set()


@pytest.mark.django_db(transaction=True)
def test_delivery_is_woken_by_one_message_once_all_is_committed(
    yard: Yard, notify: Notify, monkeypatch: pytest.MonkeyPatch
) -> None:
    callbacks = [make_callback(yard.fleet) for _ in range(3)]
    for number, callback in enumerate(callbacks):
        yard.action(f"a{number}", callback=callback)
    wakes: list[tuple[set[int], int]] = []

    def count_elsewhere() -> int:
        count = Notification.objects.count()
        connections.close_all()
        return count

    def wake(callback_ids: set[int]) -> None:
        with ThreadPoolExecutor(1) as elsewhere:
            wakes.append((callback_ids, elsewhere.submit(count_elsewhere).result()))

    monkeypatch.setattr(webhook, "wake_delivery", wake)
    events = [event("Accepted", action=f"a{number}") for number in range(3)]
    notify(*events)
    notify(*events)
    assert wakes == [({callback.pk for callback in callbacks}, 3)]


@pytest.mark.parametrize(("way", "status"), WAYS, ids=[way.__name__ for way, _ in WAYS])
def test_each_way_wakes_the_delivery_after_commit(
    yard: Yard,
    cloud: Cloud,
    notify: Notify,
    callback: Callback,
    django_capture_on_commit_callbacks: Any,
    way: Way,
    status: str,
) -> None:
    assert not is_woken(callback)
    with django_capture_on_commit_callbacks(execute=True):
        way(yard, cloud, notify, callback)
        assert is_woken(callback) == (way is by_notification)
    assert is_woken(callback)


@pytest.mark.django_db(transaction=True)
def test_an_end_that_is_rolled_back_is_not_told(yard: Yard, monkeypatch: pytest.MonkeyPatch) -> None:
    callback = make_callback(yard.fleet)
    action = yard.action(None, callback=callback, expires_at=timezone.now())

    def fail(*_: object) -> None:
        raise RuntimeError("the worker is stopped here")

    monkeypatch.setattr("remotes.sending.choosing.next_turn", fail)
    with pytest.raises(RuntimeError):
        dispatch_vehicle(yard.vehicle.pk)
    action.refresh_from_db()
    assert (action.state, told(callback), is_woken(callback)) == ("queued", [], False)


def test_what_was_told_last_is_what_the_api_says(yard: Yard, client: Client, notify: Notify, cloud: Cloud) -> None:
    row = ApiClient(client_id="reader", name="reader", username="reader")
    caller = Caller(row, row.new_secret(), client)
    row.save()
    row.fleets.add(yard.fleet)
    callback = make_callback(yard.fleet)
    Callback.objects.filter(pk=callback.pk).update(created_by=row)
    place = f"/fleets/{yard.fleet.public_id}/vehicles/{yard.vehicle.public_id}/callbacks/{callback.public_id}/remotes/"

    def agree(action: RemoteAction, status: str) -> None:
        last = told(callback)[-1]
        shown = caller.get(place + action.public_id).json()
        assert shown["status"] == last["eventStatus"]["status"] == status
        assert shown["remoteActionId"] == last["remoteActionId"]
        assert shown["type"] == last["remoteType"]
        assert shown.get("failureCause") == last["eventStatus"].get("failureCause")
        assert shown.get("feedbackDetail") == last["eventStatus"].get("feedbackDetail")
        assert shown.get("detail") == last.get("detail")

    action = by_three_days_of_silence(yard, cloud, notify, callback)
    agree(action, "Failed")
    notify(event("Failed", done=True, cause="VehicleConnectionTimeout"))
    agree(action, "Failed")
    final = event("Success", done=True, at=soon(60))
    final["eventStatus"]["feedbackDetail"] = "CIDBlacklisted"
    notify(final)
    agree(action, "Success")


_WORDS = st.sampled_from(
    [
        ("Accepted", False, None),
        ("SentToVehicle", False, None),
        ("New", False, None),
        ("Success", True, None),
        ("Failed", True, "GeneralError"),
        ("Failed", True, "DoorsOpen"),
    ]
)
_EVENTS = st.lists(st.tuples(_WORDS, st.none() | st.integers(0, 5)), min_size=1, max_size=8)


@given(events=_EVENTS, data=st.data())
@settings(max_examples=examples(60), suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_callback_is_told_exactly_the_stored_events(yard: Yard, notify: Notify, events, data) -> None:
    for model in (Notification, RemoteEvent, RemoteAction):
        model.objects.all().delete()
    callback = make_callback(yard.fleet)
    wire = [
        event(status, done=done, cause=cause, at=None if second is None else soon(second))
        for (status, done, cause), second in events
    ]
    posted = data.draw(st.permutations(wire + data.draw(st.lists(st.sampled_from(wire), max_size=5))), label="posted")
    cuts = sorted(data.draw(st.lists(st.integers(0, len(posted)), min_size=2, max_size=2), label="cuts"))
    known_after = data.draw(st.integers(0, 3), label="batches before the action is known")
    batches = [posted[: cuts[0]], posted[cuts[0] : cuts[1]], posted[cuts[1] :]]
    for number, batch in enumerate([*batches, []]):
        if number == known_after:
            action = yard.action("a1", callback=callback)
            adopt_orphans(action)
        notify(*batch)
    stored = Counter(
        (row.status, row.failure_cause, row.event_date and format_time(row.event_date)) for row in action.events.all()
    )
    heard = Counter(
        (entry["eventStatus"]["status"], entry["eventStatus"].get("failureCause"), entry.get("eventDate"))
        for entry in told(callback)
    )
    assert heard == stored
    assert set(heard.values()) == {1}
    assert len(heard) == len(set(events))
