"""Notifications come in: any order, twice, too early, unreadable, from strangers."""

import json
from datetime import datetime, timedelta
from typing import Any

import psycopg
import pytest
from django.db import OperationalError
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from callbacks.models import Notification
from fleets.models import Gateway, UpstreamFleet
from fleets.storage.sql import run_prepared
from protocol.canonical import ActionReport, format_time
from remotes.intake import ingest
from remotes.life import adoption
from remotes.life.adoption import adopt_newest, adopt_orphans
from remotes.life.endings import record_report
from remotes.life.lifecycle import fact, fold
from remotes.models import InboundRequest, RemoteAction, RemoteEvent
from tests.callbacks.outbox_world import make_callback
from tests.cases import case
from tests.long_form import examples
from tests.remotes.conftest import NOON, Notify, Yard, event
from tests.web_server import ask


def soon(seconds: float):
    return NOON + timedelta(seconds=seconds)


def test_an_action_goes_from_accepted_to_success(yard: Yard, notify: Notify) -> None:
    action = yard.action()
    for second, status in enumerate(["Accepted", "WakingUpVehicle", "SentToVehicle"]):
        assert notify(event(status, at=soon(second))).status_code == 200
        action.refresh_from_db()
        assert (action.state, action.status) == ("accepted", status)
    notify(event("Success", done=True, at=soon(9)))
    action.refresh_from_db()
    assert (action.state, action.status, action.failure_cause) == ("done", "Success", None)
    assert action.finished_at is not None
    assert [e.status for e in action.events.order_by("id")] == [
        "Accepted",
        "WakingUpVehicle",
        "SentToVehicle",
        "Success",
    ]


def test_the_same_notification_twice_is_stored_once(yard: Yard, notify: Notify) -> None:
    action = yard.action()
    for _ in range(2):
        assert notify(event("Accepted"), event("Accepted")).status_code == 200
    assert action.events.count() == 1
    assert InboundRequest.objects.count() == 2


def test_a_late_pending_never_reopens_a_done(yard: Yard, notify: Notify) -> None:
    action = yard.action()
    notify(event("Success", done=True, at=NOON))
    notify(event("SentToVehicle", at=soon(60)))
    action.refresh_from_db()
    assert (action.state, action.status) == ("done", "Success")
    assert action.events.count() == 2


def test_a_timeout_is_corrected_when_the_vehicle_is_back(yard: Yard, notify: Notify) -> None:
    action = yard.action()
    notify(event("Failed", done=True, at=NOON, cause="VehicleConnectionTimeout"))
    action.refresh_from_db()
    assert (action.status, action.failure_cause) == ("Failed", "VehicleConnectionTimeout")
    notify(event("Success", done=True, at=soon(500)))
    action.refresh_from_db()
    assert (action.status, action.failure_cause) == ("Success", None)


def test_an_event_that_overtakes_the_answer_waits_and_is_adopted(yard: Yard, notify: Notify) -> None:
    notify(event("Accepted"), event("Success", done=True, at=soon(3)))
    assert RemoteEvent.objects.filter(action=None).count() == 2
    action = yard.action()
    adopt_orphans(action)
    action.refresh_from_db()
    assert (action.state, action.status, action.events.count()) == ("done", "Success", 2)


def test_a_sweep_attaches_orphans_that_slipped_through(yard: Yard, notify: Notify) -> None:
    notify(event("Accepted"))
    action = yard.action()
    adopt_newest()
    action.refresh_from_db()
    assert action.status == "Accepted"


def test_an_event_that_is_stored_while_its_action_is_accepted_is_attached_at_once(
    yard: Yard, notify: Notify, monkeypatch: pytest.MonkeyPatch
) -> None:
    accepted: list[RemoteAction] = []

    def store_while_it_is_accepted(*given: Any) -> Any:
        rows = run_prepared(*given)
        accepted.append(yard.action())
        return rows

    monkeypatch.setattr(ingest, "run_prepared", store_while_it_is_accepted)
    assert notify(event("Accepted")).status_code == 200
    (action,) = accepted
    action.refresh_from_db()
    assert (action.status, action.events.count()) == ("Accepted", 1)


def test_what_cannot_be_attached_at_once_is_stored_all_the_same(
    yard: Yard, notify: Notify, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(orphans: object) -> None:
        raise OperationalError("the connection is lost here")

    monkeypatch.setattr(ingest, "adopt_these", fail)
    assert notify(event("Accepted")).status_code == 200
    action = yard.action()
    adopt_newest()
    action.refresh_from_db()
    assert action.status == "Accepted"


def test_pages_and_what_waits_behind_it_are_told_of_an_end_that_was_an_orphan(
    yard: Yard, notify: Notify, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    told: list[tuple[str, list[int]]] = []
    monkeypatch.setattr(adoption, "announce", lambda vehicle_ids: told.append(("news", vehicle_ids)))
    monkeypatch.setattr(adoption, "wake_settle", lambda vehicle_ids: told.append(("ended", vehicle_ids)))
    notify(event("SentToVehicle"))
    yard.action()
    with django_capture_on_commit_callbacks(execute=True):
        adopt_newest()
    assert told == [("news", [yard.vehicle.pk])]
    notify(event("Success", action="a2", done=True))
    yard.action("a2")
    with django_capture_on_commit_callbacks(execute=True):
        adopt_newest()
    assert told[1:] == [("news", [yard.vehicle.pk]), ("ended", [yard.vehicle.pk])]


def test_what_polling_read_merges_with_its_notification(yard: Yard, notify: Notify) -> None:
    action = yard.action()
    record_report(action.pk, ActionReport("a1", None, "Success", None, None))
    action.refresh_from_db()
    assert (action.state, action.status) == ("done", "Success")
    notify(event("Success", done=True))
    only = action.events.get()
    assert (only.source, only.event_date) == ("webhook", NOON)
    notify(event("Success", done=True))
    assert action.events.count() == 1


def test_polling_does_not_repeat_what_was_notified(yard: Yard, notify: Notify) -> None:
    action = yard.action()
    notify(event("SentToVehicle"))
    record_report(action.pk, ActionReport("a1", None, "SentToVehicle", None, None))
    assert action.events.count() == 1


def test_unknown_words_and_fields_are_kept(yard: Yard, notify: Notify) -> None:
    action = yard.action()
    new = event("Teleporting", at=NOON, mood="good")
    new["eventStatus"]["progress"] = 40
    assert notify(new).status_code == 200
    action.refresh_from_db()
    assert action.status == "Teleporting"
    assert action.events.get().extra == {"mood": "good", "eventStatus": {"progress": 40}}


@pytest.mark.parametrize("date", ["9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z", "1970-01-01T00:00:00Z"])
def test_a_date_that_can_not_be_meant_is_kept_and_orders_nothing(yard: Yard, notify: Notify, date: str) -> None:
    """A time-out of the year 9999 would be the last word for ever."""
    action = yard.action()
    notify(event("Failed", done=True, cause="TimeoutError", at=date))
    action.refresh_from_db()
    assert (action.status, action.state) == ("Failed", "done")
    assert action.finished_at is not None
    notify(event("Success", done=True, at=timezone.now() + timedelta(seconds=1)))
    action.refresh_from_db()
    assert action.status == "Success"
    first = action.events.order_by("id").first()
    assert first is not None
    assert first.event_date == datetime.fromisoformat(date)
    assert abs(first.effective_at - timezone.now()) < timedelta(minutes=5)


@pytest.mark.parametrize("ahead", [timedelta(minutes=2), timedelta(hours=1), timedelta(hours=2), timedelta(days=30)])
def test_what_a_clock_that_is_ahead_tells_counts_from_its_arrival(yard: Yard, notify: Notify, ahead: timedelta) -> None:
    """Local time without an offset is taken for UTC, and so lies an hour or two ahead."""
    action = yard.action()
    local = f"{timezone.now() + ahead:%Y-%m-%dT%H:%M:%S}"
    notify(event("Failed", done=True, cause="VehicleConnectionTimeout", at=local))
    notify(event("Success", done=True, at=timezone.now() + timedelta(seconds=5)))
    action.refresh_from_db()
    assert (action.status, action.failure_cause) == ("Success", None)
    assert [each.effective_at <= timezone.now() for each in action.events.order_by("id")] == [True, False]


def test_a_success_corrects_a_failure_of_a_clock_that_is_an_hour_ahead(yard: Yard, notify: Notify) -> None:
    action, now = yard.action(), timezone.now()
    for body in case("notifications-clock-ahead")["bodies"]:
        (told,) = body["events"]
        is_late = told["eventDate"].endswith("without Z>")
        date = f"{now + timedelta(hours=1):%Y-%m-%dT%H:%M:%S}" if is_late else format_time(now + timedelta(seconds=5))
        assert notify(told | {"remoteActionId": "a1", "vin": action.vehicle.vin, "eventDate": date}).status_code == 200
    action.refresh_from_db()
    assert (action.status, action.failure_cause) == ("Success", None)


def test_an_id_that_is_a_number_is_that_id(yard: Yard, notify: Notify) -> None:
    action = yard.action("42")
    notify({**event("Success", done=True), "remoteActionId": 42})
    action.refresh_from_db()
    assert (action.status, action.events.get().upstream_action_id) == ("Success", "42")


def test_an_unreadable_date_is_kept_and_the_event_counts(yard: Yard, notify: Notify) -> None:
    action = yard.action()
    assert notify(event("Accepted", at="yesterday")).status_code == 200
    action.refresh_from_db()
    assert action.status == "Accepted"
    assert action.events.get().extra == {"eventDate": "yesterday"}


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"{not json", "malformed"),
        (b"[]", "events"),
        (
            b'{"events": [{"remoteActionId": "", "eventStatus": {"type": "Done", "status": "Success"}}]}',
            "remoteActionId",
        ),
        (b'{"events": [{"remoteActionId": "a1", "eventStatus": "Done"}]}', "eventStatus"),
        (b'{"events": ["\\u0000"]}', "NUL"),
        (
            b'{"events": [{"remoteActionId": "a1", "eventStatus": {"type": "Done", "status": "' + b"x" * 500 + b'"}}]}',
            "status",
        ),
        (b"\xff\xfe", ""),
        (b"[" * 5000, ""),
    ],
)
def test_what_cannot_be_read_is_quarantined_and_answered_200(
    yard: Yard, notify: Notify, body: bytes, words: str
) -> None:
    assert notify(body=body).status_code == 200
    kept = InboundRequest.objects.get()
    assert (kept.outcome, bytes(kept.body)) == ("quarantined", body)
    assert words in kept.reason
    assert RemoteEvent.objects.count() == 0


def test_one_unreadable_event_does_not_take_its_batch_down(yard: Yard, notify: Notify) -> None:
    action = yard.action()
    notify(event("Accepted"), {"remoteActionId": ""}, event("SentToVehicle", at=soon(1)))
    action.refresh_from_db()
    assert (action.status, action.events.count()) == ("SentToVehicle", 2)
    assert InboundRequest.objects.get().outcome == "quarantined"


@pytest.mark.parametrize("authorization", ["", "Bearer wrong", "Basic x", "Bearer ", "Bearer \u00e9"])
def test_a_stranger_gets_401_and_nothing_is_stored(yard: Yard, notify: Notify, authorization: str) -> None:
    assert notify(event("Accepted"), authorization=authorization).status_code == 401
    assert InboundRequest.objects.count() == 0


def test_another_address_is_401(yard: Yard) -> None:
    answer = ask("POST", "/webhook/feedbeef", b"{}", f"Bearer {yard.upstream.webhook_secret}")
    assert answer.status_code == 401
    assert answer.json()["code"] == 40199


def test_events_of_one_gateway_never_touch_another(yard: Yard, notify: Notify) -> None:
    other = Gateway.objects.create(name="other", base_url="http://127.0.0.1:9")
    UpstreamFleet.objects.create(fleet=yard.fleet, gateway=other, upstream_id="f1")
    stranger = yard.action()
    stranger.gateway = other
    stranger.save()
    notify(event("Success", done=True))
    stranger.refresh_from_db()
    assert stranger.state == "accepted"


def test_ingest_is_one_statement_whatever_the_number_of_events(yard: Yard, monkeypatch: pytest.MonkeyPatch) -> None:
    yard.action(callback=make_callback(yard.fleet))
    statements: list[str] = []
    execute: Any = psycopg.Cursor.execute

    def counted(cursor: psycopg.Cursor, query: str, *args: object, **options: object):
        statements.append(query)
        return execute(cursor, query, *args, **options)

    monkeypatch.setattr(psycopg.Cursor, "execute", counted)
    for number in (1, 10, 100):
        body = {"events": [event("Accepted", at=soon(number * 1000 + i)) for i in range(number)]}
        incoming = ingest.read(yard.upstream.pk, yard.gateway.pk, NOON, json.dumps(body).encode())
        ingest.store([incoming, incoming])
    assert len(statements) == 3
    assert RemoteEvent.objects.count() == 111
    assert Notification.objects.count() == 111


_WORDS = st.one_of(
    st.tuples(
        st.just(False), st.sampled_from(["Accepted", "WakingUpVehicle", "SentToVehicle", "New", "Newer"]), st.none()
    ),
    st.tuples(st.just(True), st.sampled_from(["Success", "AlreadyDone", "Odd"]), st.none()),
    st.tuples(st.just(True), st.just("Failed"), st.sampled_from(["GeneralError", "VehicleConnectionTimeout"])),
)
_EVENTS = st.lists(st.tuples(_WORDS, st.integers(0, 5)), min_size=1, max_size=8)


@given(events=_EVENTS, data=st.data())
@settings(max_examples=examples(60), suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_order_any_duplicates_any_batches_same_final_state(yard: Yard, notify: Notify, events, data) -> None:
    RemoteAction.objects.all().delete()
    RemoteEvent.objects.all().delete()
    action = yard.action()
    wire = [event(status, done=done, cause=cause, at=soon(second)) for (done, status, cause), second in events]
    again = data.draw(st.lists(st.sampled_from(wire), max_size=5))
    posted = data.draw(st.permutations(wire + again))
    cut = data.draw(st.integers(0, len(posted)))
    for batch in (posted[:cut], posted[cut:]):
        assert notify(*batch).status_code == 200
    expected = fold(
        fact("Done" if done else "Pending", status, soon(second), cause) for (done, status, cause), second in events
    )
    action.refresh_from_db()
    assert expected is not None
    assert (action.status, action.failure_cause, action.status_at) == (
        expected.status,
        expected.failure_cause,
        expected.at,
    )
    assert (action.state == "done") == any(done for (done, _, _), _ in events)
    assert action.events.count() == len(set(events))
