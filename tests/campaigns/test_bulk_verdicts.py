"""What a bulk command will do with each vehicle: the same as for one vehicle, in a bounded number of statements."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from campaigns.bulk.verdicts import Kind, Verdict, heard_at, looked_at, verdicts
from fleets.models import Fleet, Gateway, Vehicle
from protocol.why import Why
from remotes.asking.ask import rules_of
from remotes.checks import checks, wake_ledger
from remotes.checks.checks import IN_PROGRESS, Checked
from remotes.models import FleetRules, RemoteAction, WakeUp
from remotes.words import codes
from tests.campaigns.bulk_world import make_vehicles, remote_of
from tests.world import make_action, make_event, make_fleet, make_vehicle

CHECKS = (checks.capability, checks.same_in_progress, checks.moving, checks.wake_up)


@pytest.fixture
def fleet(db: None) -> Fleet:
    return make_fleet("Lyon")


def found(fleet: Fleet, command: str = "honk", now: datetime | None = None) -> dict[str, Verdict]:
    """The verdicts by the vehicle's label."""
    remote = remote_of(command)
    vehicles = list(looked_at(fleet.vehicles.all(), remote))
    by_id = verdicts(fleet.pk, vehicles, remote, rules_of(fleet.pk), now or timezone.now())
    return {vehicle.label: by_id[vehicle.pk] for vehicle in vehicles}


def wake(vehicle: Vehicle, minutes: float = 0) -> None:
    """It was heard of so many minutes ago."""
    action = make_action(vehicle, "lock", state="done", status="Success")
    event = make_event(action, "Success")
    event.effective_at = timezone.now() - timedelta(minutes=minutes)
    event.save()


def spend(vehicle: Vehicle, count: int) -> None:
    for _ in range(count):
        action = make_action(vehicle, "lock", state="done", status="Success")
        WakeUp.objects.create(action=action, vehicle=vehicle, at=timezone.now())


def all_sorts(fleet: Fleet) -> None:
    """A vehicle of each sort that there is something to say about."""
    make_vehicle(fleet, "new")
    wake(make_vehicle(fleet, "awake"))
    wake(make_vehicle(fleet, "asleep"), minutes=10)
    make_vehicle(fleet, "gone", gone_at=timezone.now())
    make_vehicle(fleet, "unable", capabilities=["Locking"])
    document = {"remote": {"horn": {"supported": False}, "immobilization": {"supported": False}}}
    make_vehicle(fleet, "told unable", capability_document=document)
    moving = {"kinetic": {"moving": True, "createdAt": timezone.now().isoformat()}}
    make_vehicle(fleet, "moving", state=moving)
    for command in ("honk", "immobilise", "lock"):
        make_action(make_vehicle(fleet, f"busy with {command}"), command, state="accepted")
    make_action(make_vehicle(fleet, "queued"), "honk")
    spend(make_vehicle(fleet, "spent"), 4)
    spent_awake = make_vehicle(fleet, "spent awake")
    spend(spent_awake, 4)
    wake(spent_awake)


def one_by_one(vehicle: Vehicle, command: str, now: datetime) -> str:
    """What dispatch would say of this vehicle, were the action asked for."""
    remote = remote_of(command)
    action = RemoteAction(
        vehicle=vehicle, fleet_id=vehicle.fleet_id, remote_type=remote.remote_type.name, payload=remote.payload
    )
    in_progress = list(vehicle.remote_actions.filter(state__in=IN_PROGRESS))
    asked = Checked(action, rules_of(vehicle.fleet_id), in_progress, now)
    refusals = (check(asked) for check in CHECKS)
    return next((str(refusal.why) for refusal in refusals if refusal), "").removeprefix("Not sent: ")


@pytest.mark.parametrize("limit", [None, 6, 100])
@pytest.mark.parametrize("command", ["honk", "immobilise", "lock", "start-charging"])
def test_many_are_told_what_one_is_told(fleet: Fleet, command: str, limit: int | None):
    FleetRules.objects.create(fleet=fleet, wake_ups_a_month=limit, wake_reserve=3)
    all_sorts(fleet)
    now = timezone.now()
    many = found(fleet, command, now)
    for vehicle in fleet.vehicles.all():
        verdict, words = many[vehicle.label], one_by_one(vehicle, command, now)
        assert str(verdict.why or "").lower() == words.lower(), vehicle.label
        awake = wake_ledger.is_awake(vehicle, now)
        expected = Kind.SKIP if words else Kind.SEND if awake else Kind.WAKE
        assert verdict.kind == expected, vehicle.label
        if expected == Kind.WAKE:
            assert verdict.wake_ups_left == wake_ledger.budget(vehicle, now).left, vehicle.label
        assert heard_at([vehicle.pk]).get(vehicle.pk) == wake_ledger.heard_at(vehicle)


def test_each_sort_has_its_verdict(fleet: Fleet):
    FleetRules.objects.create(fleet=fleet, wake_ups_a_month=6, wake_reserve=3)
    all_sorts(fleet)
    kinds = {label: verdict.kind for label, verdict in found(fleet).items()}
    assert {label for label, kind in kinds.items() if kind == Kind.SEND} == {"awake", "spent awake"}
    assert {label for label, kind in kinds.items() if kind == Kind.SKIP} == {
        "gone",
        "unable",
        "told unable",
        "busy with honk",
        "spent",
    }
    assert found(fleet)["busy with honk"].why == Why(codes.IN_PROGRESS)
    assert found(fleet, "immobilise")["moving"].kind == Kind.SKIP


def test_a_vehicle_that_has_left_the_fleet_is_skipped(fleet: Fleet):
    other = make_vehicle(make_fleet("Paris"), "Rental")
    remote = remote_of("honk")
    vehicles = list(looked_at(Vehicle.objects.filter(pk=other.pk), remote))
    verdict = verdicts(fleet.pk, vehicles, remote, rules_of(fleet.pk), timezone.now())[other.pk]
    assert verdict == Verdict(Kind.SKIP, Why(codes.HAS_LEFT, vehicle="Rental"))


def test_a_gateway_without_a_word_for_it_is_told(fleet: Fleet):
    Gateway.objects.update(dialect="v1")
    make_vehicle(fleet, "old")
    assert str(found(fleet, "refresh")["old"].why) == "old can't do this: Refresh state."


@pytest.mark.parametrize("count", [3, 30])
def test_the_statements_do_not_grow_with_the_vehicles(
    fleet: Fleet, count: int, django_assert_max_num_queries: DjangoAssertNumQueries
):
    FleetRules.objects.create(fleet=fleet, wake_ups_a_month=6)
    make_vehicles(fleet, count)
    remote, rules = remote_of("immobilise"), rules_of(fleet.pk)
    with django_assert_max_num_queries(5):
        vehicles = list(looked_at(fleet.vehicles.all(), remote))
        verdicts(fleet.pk, vehicles, remote, rules, timezone.now())
