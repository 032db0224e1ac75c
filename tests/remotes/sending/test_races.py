"""Whoever comes too late changes nothing: between choice, claim, HTTP and commit others may be quicker."""

import json
from datetime import timedelta
from threading import Event
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from callbacks.models import Notification
from fleets import budgets
from fleets.audit.entries import person
from fleets.models import AuditEntry
from gateways.interface import NotAccepted
from protocol.canonical import Remote
from protocol.catalogue import REMOTE_TYPES
from protocol.why import Why
from remotes import tasks
from remotes.asking import kill_switch
from remotes.asking.ask import request_action
from remotes.asking.cancel import TooLate, cancel
from remotes.asking.decide import decide
from remotes.checks.approvals import NotAllowed, approve
from remotes.gate import gateway_health, pacing
from remotes.intake import quarantine
from remotes.models import FleetRules, GatewayHealth, InboundRequest, RemoteAction
from remotes.registration import registration
from remotes.sending.dispatch import dispatch_vehicle
from remotes.words import codes
from tests.callbacks.outbox_world import make_callback
from tests.remotes.cloud import Cloud
from tests.remotes.conftest import Notify, Yard, event
from tests.workers import HoldUp, Worker
from tests.world import make_person

pytestmark = pytest.mark.django_db(transaction=True)

DOORS = ("Locking", {"state": "Unlocked"})
HARMLESS = ("State", {"action": "state"})


def ask(yard: Yard, what: tuple[str, dict[str, Any]] = DOORS, **more: Any) -> RemoteAction:
    remote_type, payload = what
    return request_action(yard.vehicle, Remote(REMOTE_TYPES[remote_type], payload), **more)


def row(action: RemoteAction) -> dict[str, Any]:
    columns = RemoteAction.objects.values().get(pk=action.pk)
    # That the cloud was asked is counted, whatever comes of it.
    return {name: value for name, value in columns.items() if not name.startswith("asked_")}


def let_be_due(action: RemoteAction, **values: Any) -> None:
    RemoteAction.objects.filter(pk=action.pk).update(due_at=timezone.now(), **values)


def take_over(action: RemoteAction) -> dict[str, Any]:
    """The sweep's reconcile, after the lease of the worker that is sending has lapsed; gives what it leaves."""
    let_be_due(action, lease_until=timezone.now())
    tasks.reconcile(action.pk)
    return row(action)


# A worker is slower than its lease.


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        pytest.param("accept", "accepted", id="accepted"),
        pytest.param("cut-after", "accepted", id="cut"),
        pytest.param((429, {"message": "slow"}, {}), "unknown", id="put-back"),
        pytest.param((400, {"message": "no"}, {}), "unknown", id="refused"),
    ],
)
def test_the_late_answer_to_a_worker_whose_lease_has_lapsed_changes_nothing(
    yard: Yard, cloud: Cloud, answer: Any, state: str
) -> None:
    action, left = ask(yard), dict[str, Any]()
    cloud.next.append(answer)
    cloud.meanwhile("POST remotes", lambda: left.update(take_over(action)))
    dispatch_vehicle(yard.vehicle.pk)
    assert left["state"] == state
    assert row(action) == left
    assert len(cloud.posted) == 1


def test_a_worker_that_lost_its_action_while_it_registered_our_callback_sends_nothing(yard: Yard, cloud: Cloud) -> None:
    """It was surely not sent, so it is queued again, and sent by who claims it next."""
    action, left, again = ask(yard), dict[str, Any](), timezone.now() + timedelta(minutes=1)

    def take_it() -> None:
        take_over(action)
        RemoteAction.objects.filter(pk=action.pk).update(not_before=again)
        left.update(row(action))

    cloud.meanwhile("POST callbacks", take_it)
    dispatch_vehicle(yard.vehicle.pk)
    assert left["state"] == "queued"
    assert (row(action)["state"], row(action)["claim_id"], cloud.posted) == ("queued", None, [])
    RemoteAction.objects.update(not_before=None)
    dispatch_vehicle(yard.vehicle.pk)
    assert (row(action)["state"], len(cloud.posted)) == ("accepted", 1)


def test_a_worker_whose_lease_leaves_no_time_for_the_request_does_not_begin_it(
    yard: Yard, cloud: Cloud, settings: Any
) -> None:
    """A request that outlives its lease would run beside the look-up of whoever takes over."""
    settings.DISPATCH_LEASE = settings.GATEWAY_TIMEOUT
    action = ask(yard)
    dispatch_vehicle(yard.vehicle.pk)
    assert (row(action)["state"], row(action)["why"]) == ("queued", Why(codes.TOO_SLOW))
    assert (len(cloud.callbacks), cloud.posted) == (1, [])


# Something happens between the choice and the request.


def test_a_stop_while_our_callback_is_registered_holds_for_what_was_chosen_before(
    yard: Yard, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Registering takes longer than what was asked counts as fresh.
    monkeypatch.setattr("remotes.sending.last_look.FRESH", 0)
    camille, action = make_person("camille", yard.fleet), ask(yard)
    cloud.meanwhile("POST callbacks", lambda: kill_switch.stop(yard.fleet, camille, "Strange commands."))
    dispatch_vehicle(yard.vehicle.pk)
    assert cloud.posted == []
    assert (row(action)["state"], row(action)["why"]) == ("queued", Why(codes.STOPPED, why="Strange commands."))
    assert AuditEntry.objects.filter(subject=action.public_id, document__why__code=codes.WAS_NOT_SENT).exists()


def test_what_expires_while_our_callback_is_registered_is_not_sent(
    yard: Yard, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    action = ask(yard)
    over = action.expires_at + timedelta(seconds=1)
    cloud.meanwhile("POST callbacks", lambda: monkeypatch.setattr(timezone, "now", lambda: over))
    dispatch_vehicle(yard.vehicle.pk)
    assert cloud.posted == []
    assert row(action)["state"] == "expired"


def test_two_workers_that_are_woken_for_one_vehicle_send_its_action_once(
    yard: Yard, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    action = ask(yard)
    hold_up = HoldUp(monkeypatch, "remotes.gate.gate.hold")
    first = Worker(lambda: tasks.dispatch(yard.vehicle.pk))
    hold_up.until_reached()
    second = Worker(lambda: tasks.dispatch(yard.vehicle.pk)).until_it_waits()
    hold_up.let_go()
    first.result()
    second.result()
    assert len(cloud.posted) == 1
    assert row(action)["state"] == "accepted"


def test_a_cancel_while_a_worker_chooses_comes_too_late(
    yard: Yard, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    camille, action = make_person("camille", yard.fleet), ask(yard)
    hold_up = HoldUp(monkeypatch, "remotes.gate.gate.hold")
    sending = Worker(lambda: tasks.dispatch(yard.vehicle.pk))
    hold_up.until_reached()
    cancelling = Worker(lambda: cancel(action, person(camille))).until_it_waits()
    hold_up.let_go()
    sending.result()
    with pytest.raises(TooLate):
        cancelling.result()
    assert (row(action)["state"], len(cloud.posted)) == ("accepted", 1)


def test_what_is_just_being_sent_when_a_stop_is_lifted_is_not_cancelled_with_the_others(
    yard: Yard, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("remotes.sending.last_look.FRESH", 60)
    camille, action = make_person("camille", yard.fleet), ask(yard)
    hold_up = HoldUp(monkeypatch, "remotes.gate.gate.hold")
    sending = Worker(lambda: tasks.dispatch(yard.vehicle.pk))
    hold_up.until_reached()
    stopped = kill_switch.stop(yard.fleet, camille, "Strange commands.")
    lifting = Worker(lambda: kill_switch.lift(stopped, camille, cancel_waiting=True)).until_it_waits()
    hold_up.let_go()
    sending.result()
    assert lifting.result() == 0
    assert (row(action)["state"], len(cloud.posted)) == ("accepted", 1)
    assert kill_switch.active_stop(yard.fleet.pk) is None


# People who look at an old page.


@pytest.fixture
def asked(yard: Yard) -> RemoteAction:
    """An immobilisation that waits for another manager than Camille, as a page has shown it."""
    FleetRules.objects.create(fleet=yard.fleet, approval_types=["Immobilization"])
    return ask(yard, ("Immobilization", {"activate": True}), user=make_person("camille", yard.fleet))


def test_what_was_cancelled_meanwhile_is_not_approved(yard: Yard, cloud: Cloud, asked: RemoteAction) -> None:
    lea = make_person("lea", yard.fleet)
    cancel(RemoteAction.objects.get(pk=asked.pk), person(lea))
    left = row(asked)
    with pytest.raises(NotAllowed, match="does not wait"):
        approve(asked, lea)
    dispatch_vehicle(yard.vehicle.pk)
    assert row(asked) == left
    assert cloud.posted == []


def test_an_approval_while_its_time_to_live_ends_is_refused(
    yard: Yard, asked: RemoteAction, monkeypatch: pytest.MonkeyPatch
) -> None:
    lea = make_person("lea", yard.fleet)
    let_be_due(asked, expires_at=timezone.now())
    hold_up = HoldUp(monkeypatch, "remotes.sending.expiry.end_by_us")
    ending = Worker(lambda: tasks.dispatch(yard.vehicle.pk))
    hold_up.until_reached()
    approving = Worker(lambda: approve(asked, lea)).until_it_waits()
    hold_up.let_go()
    ending.result()
    with pytest.raises(NotAllowed, match="does not wait"):
        approving.result()
    assert (row(asked)["state"], row(asked)["approved_by_id"]) == ("expired", None)


def test_what_was_found_out_meanwhile_is_not_decided(yard: Yard, cloud: Cloud) -> None:
    cloud.next.append("cut-after")
    action = ask(yard)
    dispatch_vehicle(yard.vehicle.pk)
    action.refresh_from_db()
    assert action.state == "unknown"
    let_be_due(action)
    tasks.reconcile(action.pk)
    with pytest.raises(NotAllowed, match="known by now"):
        decide(action, make_person("camille", yard.fleet), happened=False, reason="")
    assert row(action)["state"] == "accepted"


def test_a_stop_is_lifted_by_whoever_comes_first(yard: Yard) -> None:
    camille, lea = make_person("camille", yard.fleet), make_person("lea", yard.fleet)
    stopped = kill_switch.stop(yard.fleet, camille, "Strange commands.")
    for manager in (camille, lea):
        kill_switch.lift(stopped, manager, cancel_waiting=False)
    stopped.refresh_from_db()
    assert stopped.lifted_by == camille
    assert AuditEntry.objects.filter(document__what="allowed sending again").count() == 1


def test_lifting_a_stop_leaves_alone_what_it_has_cancelled(yard: Yard) -> None:
    camille, action = make_person("camille", yard.fleet), ask(yard)
    stopped = kill_switch.stop(yard.fleet, camille, "Strange commands.")
    assert kill_switch.lift(stopped, camille, cancel_waiting=True) == 1
    assert (row(action)["due_at"], str(row(action)["why"])) == (None, "Cancelled by camille. Sending was stopped.")


# A look-up is on its way.


@pytest.fixture
def unknown(yard: Yard, cloud: Cloud) -> RemoteAction:
    """One that was sent and whose answer was cut; its look-up is due, and the cloud has no trace of it."""
    return make_unknown(yard, cloud)


def make_unknown(yard: Yard, cloud: Cloud, what: tuple[str, dict[str, Any]] = DOORS) -> RemoteAction:
    cloud.next.append("cut-before")
    action = ask(yard, what)
    dispatch_vehicle(yard.vehicle.pk)
    let_be_due(action)
    action.refresh_from_db()
    assert action.state == "unknown"
    return action


def decided_meanwhile(yard: Yard, cloud: Cloud, action: RemoteAction) -> dict[str, Any]:
    """Look it up, while a person says that it was carried out; gives what the person has left."""
    camille, left = make_person("camille", yard.fleet), dict[str, Any]()

    def decision() -> None:
        decide(RemoteAction.objects.get(pk=action.pk), camille, happened=True, reason="I stand beside it.")
        left.update(row(action))

    cloud.meanwhile("GET remotes", decision)
    tasks.reconcile(action.pk)
    assert left["status"] == "Success"
    return left


def test_a_look_up_that_finds_it_late_does_not_reopen_what_a_person_has_ended(
    yard: Yard, cloud: Cloud, unknown: RemoteAction
) -> None:
    cloud.accept(cloud.posted[0])
    left = decided_meanwhile(yard, cloud, unknown)
    assert row(unknown) == left


def test_a_look_up_that_finds_nothing_leaves_alone_what_a_person_has_ended(
    yard: Yard, cloud: Cloud, unknown: RemoteAction
) -> None:
    left = decided_meanwhile(yard, cloud, unknown)
    assert row(unknown) == left


@pytest.mark.parametrize("what", [DOORS, HARMLESS], ids=["would be failed", "would be sent again"])
def test_the_last_look_up_leaves_alone_what_a_person_has_ended(
    yard: Yard, cloud: Cloud, what: tuple[str, dict[str, Any]]
) -> None:
    action, long_ago = make_unknown(yard, cloud, what), timezone.now() - timedelta(minutes=15)
    # Its absence is proved by this one, which is listed.
    known = {"state": "done", "status": "Success", "accepted_at": long_ago, "finished_at": long_ago}
    yard.action(cloud.accept({"label": "earlier"}), upstream_callback_id=action.upstream_callback_id, **known)
    let_be_due(action, absent_since=timezone.now() - timedelta(minutes=5), sent_at=long_ago)
    left = decided_meanwhile(yard, cloud, action)
    assert row(action) == left
    dispatch_vehicle(yard.vehicle.pk)
    assert len(cloud.posted) == 1


def test_two_workers_that_are_woken_for_one_action_look_it_up_once(
    yard: Yard, cloud: Cloud, unknown: RemoteAction
) -> None:
    before = cloud.asked.count("GET remotes")
    cloud.meanwhile("GET remotes", lambda: tasks.reconcile(unknown.pk))
    tasks.reconcile(unknown.pk)
    assert cloud.asked.count("GET remotes") == before + 1


def test_a_late_message_looks_up_nothing_that_is_queued_again(yard: Yard, cloud: Cloud) -> None:
    action = ask(yard)
    left = row(action)
    tasks.reconcile(action.pk)
    assert cloud.asked == []
    assert row(action) == left


@pytest.mark.parametrize("age", [timedelta(0), timedelta(days=3, minutes=1)], ids=["asked again", "given up"])
def test_the_end_that_is_notified_while_it_is_asked_for_stands(
    yard: Yard, cloud: Cloud, notify: Notify, age: timedelta
) -> None:
    """The cloud's answer to the question was older, and knew nothing of it."""
    action, left = ask(yard), dict[str, Any]()
    dispatch_vehicle(yard.vehicle.pk)
    cloud.actions.clear()
    let_be_due(action, accepted_at=timezone.now() - age)

    def end() -> None:
        notify(event("Success", done=True, at=timezone.now()))
        left.update(row(action))

    cloud.meanwhile("GET a1", end)
    tasks.reconcile(action.pk)
    assert (left["state"], left["status"]) == ("done", "Success")
    assert row(action) == left


def test_the_end_that_is_notified_while_an_older_status_is_written_stands(
    yard: Yard, cloud: Cloud, notify: Notify, monkeypatch: pytest.MonkeyPatch
) -> None:
    action = ask(yard)
    dispatch_vehicle(yard.vehicle.pk)
    cloud.actions["a1"]["status"] = "SentToVehicle"
    let_be_due(action)
    hold_up = HoldUp(monkeypatch, "remotes.life.endings.fold")
    asking = Worker(lambda: tasks.reconcile(action.pk))
    hold_up.until_reached()
    telling = Worker(lambda: notify(event("Success", done=True, at=timezone.now()))).until_it_waits()
    hold_up.let_go()
    asking.result()
    telling.result()
    assert (row(action)["state"], row(action)["status"]) == ("done", "Success")


# Notifications overtake the answer.


def test_what_overtakes_the_answer_is_told_before_what_follows_it(
    yard: Yard, cloud: Cloud, notify: Notify, monkeypatch: pytest.MonkeyPatch
) -> None:
    callback = make_callback(yard.fleet)
    ask(yard, callback=callback)
    hold_up = HoldUp(monkeypatch, "remotes.sending.finishing.adopt_orphans")
    cloud.meanwhile("POST remotes", lambda: notify(event("SentToVehicle", at=timezone.now())))
    sending = Worker(lambda: tasks.dispatch(yard.vehicle.pk))
    hold_up.until_reached()
    notify(event("Success", done=True, at=timezone.now()))
    hold_up.let_go()
    sending.result()
    told = Notification.objects.filter(callback=callback).order_by("pk").values_list("event", flat=True)
    assert [json.loads(text)["eventStatus"]["status"] for text in told] == ["SentToVehicle", "Success"]


def test_what_is_stored_while_the_acceptance_is_written_is_attached_at_once(
    yard: Yard, cloud: Cloud, notify: Notify
) -> None:
    action, arrived, locked = ask(yard), Event(), Event()

    def wait_for_the_lock() -> None:
        arrived.set()
        assert locked.wait(30)

    cloud.meanwhile("POST remotes", wait_for_the_lock)
    sending = Worker(lambda: tasks.dispatch(yard.vehicle.pk))
    assert arrived.wait(30)
    with transaction.atomic():
        RemoteAction.objects.select_for_update().get(pk=action.pk)
        locked.set()
        sending.until_it_waits()
        Worker(lambda: notify(event("Success", done=True, at=timezone.now()))).result()
    sending.result()
    assert (row(action)["state"], row(action)["status"]) == ("done", "Success")


# The vehicle's state is read.


def test_a_slow_reading_does_not_replace_one_that_was_asked_for_later(yard: Yard, cloud: Cloud) -> None:
    def read_newer() -> None:
        cloud.status = {"odometer": {"mileage": 13}}
        tasks.refresh_vehicle(yard.vehicle.pk)

    cloud.meanwhile("GET status", read_newer)
    tasks.refresh_vehicle(yard.vehicle.pk)
    yard.vehicle.refresh_from_db()
    assert yard.vehicle.state == {"odometer": {"mileage": 13}}


def test_what_ends_while_the_state_is_read_has_it_read_again(yard: Yard, cloud: Cloud, notify: Notify) -> None:
    action = yard.action("a1")
    cloud.meanwhile("GET status", lambda: notify(event("Success", done=True, at=timezone.now())))
    tasks.refresh_vehicle(yard.vehicle.pk)
    yard.vehicle.refresh_from_db()
    assert yard.vehicle.state_read_at is not None
    assert yard.vehicle.state_read_at < row(action)["finished_at"]


# Our callback and the gateway.


def test_two_workers_register_our_callback_once(yard: Yard, cloud: Cloud) -> None:
    action, others = ask(yard), list[Worker]()

    def check() -> None:
        tasks.check_gateway(yard.gateway.pk)

    cloud.meanwhile("POST callbacks", lambda: others.append(Worker(check).until_it_waits()))
    dispatch_vehicle(yard.vehicle.pk)
    others[0].result()
    assert list(cloud.callbacks) == ["c1"]
    assert row(action)["state"] == "accepted"


@pytest.fixture
def closed(yard: Yard) -> GatewayHealth:
    """The gateway is down, and a probe has been due for a while."""
    long_ago = timezone.now() - timedelta(minutes=1)
    return GatewayHealth.objects.create(
        gateway=yard.gateway, state="down", since=long_ago, probe_at=long_ago, why=Why(codes.IS_SILENT)
    )


def test_a_check_of_our_callback_holds_no_rows_while_it_finds_out_whether_a_gateway_is_back(
    yard: Yard, cloud: Cloud, closed: GatewayHealth
) -> None:
    with pytest.raises(NotAccepted, match="is down"):
        registration.check(yard.upstream.pk)
    assert cloud.asked == []
    # The probe is left to others.
    tasks.check_gateway(yard.gateway.pk)
    assert cloud.asked == ["POST callbacks"]


def test_two_workers_that_know_the_same_of_a_closed_gateway_probe_it_once(yard: Yard, closed: GatewayHealth) -> None:
    known = gateway_health.reading(yard.gateway.pk)
    assert [gateway_health.take_probe(known, timezone.now()) for _ in range(2)] == [True, False]


def test_a_change_that_two_workers_find_out_is_told_once(
    yard: Yard, closed: GatewayHealth, caplog: pytest.LogCaptureFixture
) -> None:
    def works() -> None:
        gateway_health.change(yard.gateway, GatewayHealth.State.UP)

    with transaction.atomic():
        GatewayHealth.objects.select_for_update().get(pk=closed.pk)
        workers = [Worker(works).until_it_waits() for _ in range(2)]
    for worker in workers:
        worker.result()
    assert len([record for record in caplog.records if record.name == "remotes.gate.gateway_health"]) == 1


def test_the_line_before_a_gateway_is_led_by_one_worker(yard: Yard, monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[int] = []
    monkeypatch.setattr("remotes.gate.line.waiting", looked.append)
    with budgets.leading(yard.gateway.pk) as is_leader:
        assert is_leader
        pacing.lead(yard.gateway.pk)
    assert looked == []


# Requests that could not be read.


def test_two_people_who_replay_a_quarantined_request_leave_one(yard: Yard, notify: Notify) -> None:
    notify({"remoteActionId": ""})
    with transaction.atomic():
        InboundRequest.objects.select_for_update().get()
        workers = [Worker(lambda: quarantine.replay(InboundRequest.objects.all())).until_it_waits() for _ in range(2)]
    assert sorted(worker.result() for worker in workers) == [0, 1]
    assert InboundRequest.objects.count() == 1
