"""What may have been sent in seconds that the database has lost is looked up first; then it goes its way."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from campaigns.bulk.acting import stop
from fleets.models import UpstreamFleet
from fleets.storage import seen
from protocol import statuses
from protocol.canonical import Remote
from protocol.catalogue import REMOTE_TYPES
from protocol.why import Why
from remotes.asking.ask import Wishes, request_action
from remotes.life.unknown import known_of
from remotes.life.unseen import latest_sending, look_for_all
from remotes.models import FleetRules, RemoteAction
from remotes.registration import registration
from remotes.sending.dispatch import dispatch_vehicle
from remotes.sending.reconcile import reconcile
from remotes.words import codes
from tests.campaigns.bulk_world import begin, make_bulk, step
from tests.remotes.cloud import Cloud
from tests.remotes.conftest import Notify, Yard, event
from tests.remotes.sending.test_looking_up import PAYLOADS, known_there, looked_up
from tests.world import make_person, one_is_enough

SENT = {name: PAYLOADS[name] for name in ("Locking", "Horn", "Immobilization", "WakeUp", "Preconditioning", "Charging")}


@pytest.fixture
def set_up(yard: Yard, cloud: Cloud) -> Yard:
    """A fleet whose callback is there at the cloud, as after any earlier action."""
    registration.check(yard.upstream.pk)
    return yard


def queued(yard: Yard, remote_type: str = "Locking", **wishes: Any) -> RemoteAction:
    remote = Remote(REMOTE_TYPES[remote_type], PAYLOADS[remote_type])
    if remote_type == "Immobilization":
        one_is_enough(yard.fleet)
    return request_action(yard.vehicle, remote, wishes=Wishes(time_to_live=timedelta(hours=1), **wishes))


def lost(minutes: float = 10) -> datetime:
    """The database's loss was found so long ago."""
    since = timezone.now() - timedelta(minutes=minutes)
    look_for_all(since)
    return since


def row(action: RemoteAction) -> RemoteAction:
    action.refresh_from_db()
    return action


def test_each_that_may_have_been_sent_is_looked_for(yard: Yard) -> None:
    UpstreamFleet.objects.update(callback_id="c7")
    now = timezone.now()
    lease = {"claim_id": "0" * 32, "lease_until": now}
    made = {
        "queued": yard.action(None),
        "waiting-approval": yard.action(None, state="waiting-approval"),
        "sending": yard.action(None, state="sending", sent_at=now, upstream_callback_id="c1", **lease),
        "registering": yard.action(None, state="sending", sent_at=now, **lease),
        "unknown": yard.action(
            None, state="unknown", sent_at=now, absent_since=now, upstream_callback_id="c1", why=Why(codes.TOO_SLOW)
        ),
    }
    others = [
        yard.action("a1"),
        yard.action("a2", state="done", finished_at=now),
        yard.action(None, state="expired", finished_at=now),
    ]
    before = list(RemoteAction.objects.filter(pk__in=[one.pk for one in others]).values())
    since = timezone.now()
    assert look_for_all(since) == len(made)
    assert list(RemoteAction.objects.filter(pk__in=[one.pk for one in others]).values()) == before
    found = {name: row(action) for name, action in made.items()}
    assert {(one.state, one.claim_id, one.absent_since) for one in found.values()} == {("unknown", None, None)}
    assert {name for name, one in found.items() if one.why == Why(codes.UNSEEN)} == {
        "queued",
        "waiting-approval",
        "registering",
    }
    assert {name: one.upstream_callback_id for name, one in found.items()} == {
        "queued": "c7",
        "waiting-approval": "c7",
        "registering": "c7",
        "sending": "c1",
        "unknown": "c1",
    }
    # What is known of a sending stays.
    assert (found["sending"].sent_at, found["unknown"].sent_at) == (now, now)
    assert found["queued"].sent_at == since


def test_urgent_ones_are_looked_for_first(yard: Yard) -> None:
    types = ("Charging", "Immobilization", "State", "Locking")
    made = {remote_type: yard.action(None, remote_type=remote_type).pk for remote_type in types}
    look_for_all(timezone.now())
    due = list(RemoteAction.objects.order_by("due_at", "pk").values_list("pk", flat=True))
    assert due == [made[remote_type] for remote_type in ("Immobilization", "Locking", "Charging", "State")]


@pytest.mark.parametrize("remote_type", SENT)
def test_one_that_was_sent_is_adopted_and_not_sent_again(set_up: Yard, cloud: Cloud, remote_type: str) -> None:
    action = queued(set_up, remote_type)
    known_there(set_up, cloud)
    cloud.accept({"label": action.upstream_label, "x": {}})
    lost()
    dispatch_vehicle(set_up.vehicle.pk)
    assert (looked_up(action).state, action.upstream_id, cloud.posted) == ("accepted", "a2", [])
    dispatch_vehicle(set_up.vehicle.pk)
    assert cloud.posted == []


@pytest.mark.parametrize("remote_type", SENT)
def test_one_that_is_proved_absent_is_sent_once_whatever_its_type(set_up: Yard, cloud: Cloud, remote_type: str) -> None:
    known_there(set_up, cloud)
    action = queued(set_up, remote_type)
    lost()
    assert looked_up(action).state == "unknown"
    assert (looked_up(action).state, action.sent_at) == ("queued", None)
    dispatch_vehicle(set_up.vehicle.pk)
    assert (row(action).state, len(cloud.posted), action.why) == ("accepted", 1, None)


def test_absence_is_proved_as_ever(set_up: Yard, cloud: Cloud) -> None:
    """Not before lists have had their time since the loss was found, though it was asked for long before."""
    known_there(set_up, cloud)
    action = queued(set_up)
    RemoteAction.objects.filter(pk=action.pk).update(created_at=timezone.now() - timedelta(minutes=30))
    lost(minutes=4)
    assert (looked_up(action, times=4).state, cloud.posted) == ("unknown", [])


@pytest.mark.parametrize("how", ["cut-after", "cut-before"])
def test_one_that_was_being_sent_goes_by_the_rules_of_its_type(set_up: Yard, cloud: Cloud, how: str) -> None:
    known_there(set_up, cloud)
    action = queued(set_up)
    cloud.next.append(how)
    dispatch_vehicle(set_up.vehicle.pk)
    # As the restored row has it.
    lease = {"claim_id": "0" * 32, "lease_until": timezone.now()}
    then = timezone.now() - timedelta(minutes=10)
    RemoteAction.objects.filter(pk=action.pk).update(state="sending", sent_at=then, **lease)
    lost()
    looked_up(action, times=2)
    if how == "cut-after":
        assert (action.state, action.upstream_id) == ("accepted", "a2")
    else:
        assert (action.state, action.why) == ("done", Why(codes.NO_TRACE))
    assert len(cloud.posted) == 1


def test_a_time_to_live_that_is_over_meanwhile_says_why(set_up: Yard, cloud: Cloud) -> None:
    known_there(set_up, cloud)
    action = queued(set_up)
    lost()
    RemoteAction.objects.filter(pk=action.pk).update(expires_at=timezone.now())
    looked_up(action, times=2)
    dispatch_vehicle(set_up.vehicle.pk)
    assert (row(action).state, action.status, cloud.posted) == ("expired", statuses.FAILED, [])
    assert action.why is not None
    assert (action.why.code, action.why.values["why"]) == (codes.EXPIRED_BECAUSE, Why(codes.UNSEEN))


def test_where_nothing_is_listed_nothing_is_sent(set_up: Yard, cloud: Cloud) -> None:
    action = queued(set_up)
    lost()
    looked_up(action, times=3)
    assert (action.state, action.why, cloud.posted) == ("done", Why(codes.UNSEEN_NOT_LISTED), [])


def test_a_notification_that_belongs_to_nothing_is_evidence(set_up: Yard, cloud: Cloud, notify: Notify) -> None:
    known_there(set_up, cloud)
    action = queued(set_up)
    lost()
    notify(event("Success", done=True, action="a9"))
    looked_up(action, times=3)
    assert (action.state, action.why, cloud.posted) == ("unknown", Why(codes.PROBABLY_DONE), [])


def test_where_the_callback_may_be_lost_too_nobody_can_tell(yard: Yard, cloud: Cloud) -> None:
    """By its row the fleet's callback was never made."""
    action = queued(yard)
    lost()
    reconcile(action.pk)
    assert (row(action).state, action.why, cloud.asked) == ("done", Why(codes.UNSEEN_NOT_LISTED), [])


def test_one_that_waited_for_approval_waits_for_it_again(set_up: Yard, cloud: Cloud) -> None:
    FleetRules.objects.create(fleet=set_up.fleet, approval_types=["Locking"])
    known_there(set_up, cloud)
    action = queued(set_up)
    assert action.state == "waiting-approval"
    lost()
    looked_up(action, times=2)
    dispatch_vehicle(set_up.vehicle.pk)
    assert (row(action).state, cloud.posted) == ("waiting-approval", [])


def test_what_is_asked_for_after_the_loss_goes_at_once(set_up: Yard, cloud: Cloud) -> None:
    queued(set_up)
    lost(minutes=0)
    action = queued(set_up, "Horn")
    dispatch_vehicle(set_up.vehicle.pk)
    assert (row(action).state, len(cloud.posted)) == ("accepted", 1)


def test_nobody_is_told_that_it_was_sent(set_up: Yard) -> None:
    action = queued(set_up)
    lost()
    known = known_of([row(action)])[action.pk]
    assert (known.sent_at, known.why) == (None, Why(codes.UNSEEN))


def test_a_claim_is_remembered_outside_of_the_database(
    set_up: Yard, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before its request goes out."""
    remembered: list[tuple[Any, int]] = []
    monkeypatch.setattr(seen, "_known", (7, timezone.now()))
    monkeypatch.setattr("fleets.storage.seen.remember", lambda mark: remembered.append((mark, len(cloud.posted))))
    queued(set_up)
    dispatch_vehicle(set_up.vehicle.pk)
    ((mark, posted),) = remembered
    assert (mark.system, mark.wal > 0, posted) == (7, True, 0)


NOON = timezone.now()
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("sent_at", "created_at", "since", "latest"),
    [
        (NOON, NOON, None, NOON),
        (NOON, NOON - HOUR, NOON - 2 * HOUR, NOON),
        (NOON, NOON - HOUR, NOON + HOUR, NOON + HOUR),
        (NOON, NOON - HOUR, NOON - HOUR / 2, NOON),
    ],
)
def test_when_it_may_have_been_sent_at_the_latest(
    sent_at: datetime, created_at: datetime, since: datetime | None, latest: datetime
) -> None:
    assert latest_sending(sent_at, created_at, since) == latest


def test_what_was_not_sent_stays_so_when_its_bulk_command_was_stopped_meanwhile(set_up: Yard, cloud: Cloud) -> None:
    person, yard = make_person("ada", set_up.fleet), set_up
    bulk = make_bulk(yard.fleet, person)
    begin(bulk, person)
    step(bulk)
    action = RemoteAction.objects.get(origin="bulk")
    known_there(yard, cloud)
    lost()
    stop(bulk, person)
    looked_up(action, times=2)
    action = row(action)
    assert (action.state, cloud.posted) == ("cancelled", [])
    assert action.why == Why(codes.CANCELLED_BECAUSE, who="FleetRemote", why=Why(codes.BULK_STOPPED))
