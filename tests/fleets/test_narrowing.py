"""Which vehicles a narrowed person sees: chosen one by one, or those of a filter, which is kept up to date."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from fleets import narrowing
from fleets.access import fleets_where, may_send, vehicles_for, vehicles_of, who_may
from fleets.audit.doer import Doer, doing
from fleets.audit.entries import Actor, Origin
from fleets.labels.imports import check, make
from fleets.models import AuditEntry, Fleet, Membership, MembershipVehicle, Vehicle
from fleets.narrowing import narrow, refresh, widen
from fleets.rights import Right
from fleets.tasks import refresh_narrowed
from remotes.finding.vehicles import VehicleFilter
from tests.world import make_fleet, make_person, make_vehicle

pytestmark = pytest.mark.django_db


@pytest.fixture
def fleet() -> Fleet:
    fleet = make_fleet()
    for label, kind in (("Pool 1", "Electric"), ("Pool 2", "Thermic"), ("Boss", "Electric")):
        make_vehicle(fleet, label, motorization=kind, plate=label.upper())
    return fleet


def member(fleet: Fleet, **values: Any) -> Membership:
    membership = Membership.objects.get(user=make_person("garage", fleet, role="operator"))
    Membership.objects.filter(pk=membership.pk).update(**values)
    membership.refresh_from_db()
    return membership


def seen(membership: Membership) -> list[str]:
    """What the person sees, which all ways of asking agree on."""
    rows = vehicles_for(Membership.objects.get(pk=membership.pk))
    assert set(rows) == set(vehicles_of(membership.user))
    return sorted(vehicle.label for vehicle in rows)


def of(**given: Any) -> dict[str, Any]:
    return VehicleFilter(**given).stored


def test_chosen_ones_are_seen_and_no_others(fleet: Fleet) -> None:
    membership = member(fleet)
    narrow(membership, vehicles=fleet.vehicles.filter(label="Pool 1"))
    assert seen(membership) == ["Pool 1"]
    pool, boss = fleet.vehicles.get(label="Pool 1"), fleet.vehicles.get(label="Boss")
    assert may_send(membership.user, pool, "Locking")
    assert not may_send(membership.user, boss, "Locking")


def test_nothing_chosen_is_nothing_seen(fleet: Fleet) -> None:
    membership = member(fleet)
    narrow(membership)
    assert seen(membership) == []
    widen(membership)
    assert seen(membership) == ["Boss", "Pool 1", "Pool 2"]
    assert not MembershipVehicle.objects.exists()


def test_what_is_of_another_fleet_can_not_be_chosen(fleet: Fleet) -> None:
    foreign = make_vehicle(make_fleet("Paris"), "Foreign")
    membership = member(fleet)
    narrow(membership, vehicles=[foreign.pk, fleet.vehicles.get(label="Boss").pk])
    assert seen(membership) == ["Boss"]


def test_a_vehicle_that_goes_to_another_fleet_is_not_seen_there(fleet: Fleet) -> None:
    membership = member(fleet)
    narrow(membership, vehicles=fleet.vehicles.filter(label="Boss"))
    fleet.vehicles.filter(label="Boss").update(fleet=make_fleet("Paris"))
    assert seen(membership) == []


def test_a_filter_that_can_not_be_read_means_none(fleet: Fleet) -> None:
    membership = member(fleet)
    narrow(membership, filter={"version": 1, "q": "Pool"})
    assert seen(membership) == ["Pool 1", "Pool 2"]
    narrow(membership, filter={"version": 99, "colour": "red"})
    assert seen(membership) == []


@pytest.mark.django_db(transaction=True)
def test_a_label_that_somebody_gives_counts_at_once(fleet: Fleet) -> None:
    """By hand, and by a file."""
    membership = member(fleet)
    narrow(membership, filter=of(q="Pool"))
    boss = fleet.vehicles.get(label="Boss")
    boss.label = "Pool 3"
    boss.save()
    assert seen(membership) == ["Pool 1", "Pool 2", "Pool 3"]
    manager = make_person("manager", fleet)
    file = check(fleet, manager, "labels.csv", f"VIN,Label,Plate\n{boss.vin},Boss,BOSS".encode())
    assert make(file, file.checks, manager)
    assert seen(membership) == ["Pool 1", "Pool 2"]


def test_what_nobody_announces_is_made_good_by_the_sweep(fleet: Fleet) -> None:
    """Such as a state that was read."""
    membership = member(fleet)
    narrow(membership, filter=of(doors="unlocked"))
    assert seen(membership) == []
    fleet.vehicles.filter(label="Boss").update(state={"doorsState": {"lockedStates": ["Unlocked"]}})
    refresh_narrowed()
    assert seen(membership) == ["Boss"]
    fleet.vehicles.update(state={"doorsState": {"lockedStates": ["Locked"]}})
    refresh_narrowed()
    assert seen(membership) == []


def test_the_sweep_leaves_chosen_ones_alone(fleet: Fleet) -> None:
    membership = member(fleet)
    narrow(membership, vehicles=fleet.vehicles.filter(label="Boss"))
    fleet.vehicles.update(label="Another")
    refresh()
    assert seen(membership) == ["Another"]


def test_only_who_sees_others_than_before_is_announced(fleet: Fleet, monkeypatch: pytest.MonkeyPatch) -> None:
    membership = member(fleet)
    narrow(membership, filter=of(q="Pool"))
    told = list[int]()
    monkeypatch.setattr(narrowing, "look_again", told.append)
    refresh()
    assert told == []
    fleet.vehicles.filter(label="Pool 2").update(label="Sold", plate="")
    refresh([fleet.pk])
    assert told == [membership.user_id]


def test_the_sweep_costs_no_more_for_many_who_see_the_same(fleet: Fleet, django_assert_max_num_queries: Any) -> None:
    names = [f"pool {number}" for number in range(5)]
    people = [Membership.objects.get(user=make_person(name, fleet, role="operator")) for name in names]
    for person in people:
        narrow(person, filter=of(q="Pool"))
    with django_assert_max_num_queries(6):
        refresh_narrowed()
    # One of them lacks one and sees another instead: as many, but not the same.
    row = MembershipVehicle.objects.filter(membership=people[2]).first()
    assert row is not None
    MembershipVehicle.objects.filter(pk=row.pk).update(vehicle=fleet.vehicles.get(label="Boss"))
    refresh_narrowed()
    rows = MembershipVehicle.objects.filter(membership__in=people, vehicle__label__startswith="Pool")
    assert (rows.count(), MembershipVehicle.objects.count()) == (10, 10)


def test_the_sweep_costs_a_statement_where_nobody_is_narrowed(fleet: Fleet, django_assert_num_queries: Any) -> None:
    member(fleet)
    with django_assert_num_queries(1):
        refresh()


@pytest.mark.parametrize("is_over", [False, True])
def test_a_membership_counts_until_it_ends(fleet: Fleet, is_over: bool) -> None:
    end = timezone.now() + timedelta(minutes=-1 if is_over else 1)
    membership = member(fleet, ends_at=end)
    boss = fleet.vehicles.get(label="Boss")
    http = Client()
    http.force_login(membership.user)
    assert http.get(f"/fleets/{fleet.public_id}/vehicles/{boss.public_id}").status_code == (404 if is_over else 200)
    assert may_send(membership.user, boss, "Locking") is not is_over


def test_narrowed_people_keep_few_rights_of_their_role(fleet: Fleet) -> None:
    membership = Membership.objects.get(user=make_person("boss", fleet, role="manager"))
    narrow(membership, vehicles=fleet.vehicles.all())
    kept = {right for right in Right if who_may(fleet.pk, right).filter(pk=membership.user_id).exists()}
    assert kept == {Right.LOOK, Right.SEE_POSITIONS, Right.SEND, Right.SEND_MANY}
    assert kept == {right for right in Right if fleets_where(membership.user, right).exists()}
    assert kept == {*membership.rights}


@pytest.mark.parametrize("positions", ["role", "yes", "no"])
@pytest.mark.parametrize("role", ["viewer", "support", "auditor"])
def test_whoever_may_see_positions_is_found_so(fleet: Fleet, role: str, positions: str) -> None:
    """The table in Python and in SQL."""
    membership = member(fleet, role=role, positions=positions)
    found = who_may(fleet.pk, Right.SEE_POSITIONS).filter(pk=membership.user_id).exists()
    assert found == membership.may(Right.SEE_POSITIONS)


def test_the_audit_tells_who_was_narrowed_to_what(fleet: Fleet) -> None:
    membership = member(fleet)
    boss = Vehicle.objects.get(label="Boss")
    with doing(lambda: Doer(Actor("Camille"), Origin.PAGE)):
        narrow(membership, vehicles=[boss.pk])
        narrow(membership, filter=of(q="Pool"))
    documents = [entry.document["fields"] for entry in AuditEntry.objects.filter(who="Camille").order_by("pk")]
    assert documents[0]["narrowed"] == [False, True]
    assert documents[1]["vehicles"] == [None, boss.vin]
    assert "Pool" in str(documents[2]["narrowed_filter"])
