"""Whose say counts as a second person's: nobody's whom one person alone has let in, by whichever change of a row."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command

from fleets.approvers import NO_RIGHT, NOT_CONFIRMED, approvers_of, may_approve, may_confirm, why_not
from fleets.audit.doer import NOBODY_LOGGED_IN, Doer, doing
from fleets.audit.entries import Origin, person
from fleets.models import Approver, Fleet, Membership
from fleets.people.approving import by_the_machine, confirm, give_anew, giving
from fleets.storage import clock
from tests.migrating import migrate
from tests.world import make_fleet, make_person

pytestmark = pytest.mark.django_db


@contextmanager
def at_work(user: User | None) -> Iterator[None]:
    """A request by this person; None: by nobody who has logged in."""
    actor = person(user) if user is not None else NOBODY_LOGGED_IN
    with doing(lambda: Doer(actor, Origin.PAGE)):
        yield


def admit(name: str, fleet: Fleet, by: User, role: str = "manager") -> User:
    user = make_person(name)
    with at_work(by):
        Membership.objects.create(user=user, fleet=fleet, role=role)
    return user


def row_of(user: User, fleet: Fleet | None) -> Approver:
    return Approver.objects.get(user=user, fleet=fleet, ended_at=None)


def test_whom_one_person_lets_in_approves_once_another_has_confirmed_it() -> None:
    fleet = make_fleet()
    ana, ben = make_person("ana", fleet), make_person("ben", fleet)
    eve = admit("eve", fleet, by=ana)
    assert not may_approve(eve, fleet)
    assert getattr(why_not(eve, fleet), "code", None) == NOT_CONFIRMED
    row = row_of(eve, fleet)
    assert (row.given_by, row.confirmed_at) == (ana, None)
    assert [may_confirm(user, row) for user in (ana, eve, ben)] == [False, False, True]
    confirm(row, ben)
    assert may_approve(eve, fleet)
    assert why_not(eve, fleet) is None
    assert set(approvers_of(fleet)) == {ana, ben, eve}
    assert not may_approve(eve, make_fleet("Paris"))


def test_who_was_let_in_confirms_nobody_before() -> None:
    """Else two accounts of one person would confirm one another; nor does who let them in confirm whom they let in."""
    fleet = make_fleet()
    ana, ben = make_person("ana", fleet), make_person("ben", fleet)
    eve = admit("eve", fleet, by=ana)
    mal = admit("mal", fleet, by=eve)
    assert not may_confirm(eve, row_of(mal, fleet))
    assert not may_confirm(mal, row_of(eve, fleet))
    assert not may_confirm(ana, row_of(mal, fleet))
    assert may_confirm(ben, row_of(mal, fleet))
    confirm(row_of(eve, fleet), ben)
    assert may_confirm(ana, row_of(mal, fleet))


def test_what_is_less_than_the_role_gives_no_say() -> None:
    fleet = make_fleet()
    narrowed, ended, viewer = (make_person(name, fleet) for name in ("narrowed", "ended", "viewer"))
    Membership.objects.filter(user=narrowed).update(narrowed=True)
    Membership.objects.filter(user=ended).update(ends_at=clock.now())
    Membership.objects.filter(user=viewer).update(role="viewer")
    locked = make_person("locked", fleet, is_active=False)
    for user in (narrowed, ended, viewer, locked):
        assert not may_approve(user, fleet)
    assert getattr(why_not(viewer, fleet), "code", None) == NO_RIGHT


def test_a_role_that_was_taken_or_has_ended_is_given_anew() -> None:
    fleet = make_fleet()
    ana, ben = make_person("ana", fleet), make_person("ben", fleet)
    theirs = Membership.objects.get(user=ben)
    for lesser in ({"role": "viewer"}, {"narrowed": True}, {"ends_at": clock.now() - timedelta(days=1)}):
        with at_work(ana):
            Membership.objects.filter(pk=theirs.pk).update(**lesser)
            again = Membership.objects.get(pk=theirs.pk)
            again.role, again.narrowed, again.ends_at = "manager", False, None
            again.save()
        assert not may_approve(ben, fleet), lesser
        assert Approver.objects.filter(user=ben, fleet=fleet, ended_at=None).count() == 1
        confirm(row_of(ben, fleet), make_person(f"cleo {lesser}", fleet))
        assert may_approve(ben, fleet)
    with at_work(ana):
        Membership.objects.get(user=ben).delete()
        assert not Approver.objects.filter(user=ben, ended_at=None).exists()
        Membership.objects.create(user=ben, fleet=fleet, role="manager")
    assert not may_approve(ben, fleet)


def test_a_change_that_keeps_the_right_keeps_the_say() -> None:
    fleet = make_fleet()
    ana, ben = make_person("ana", fleet), make_person("ben", fleet)
    with at_work(ana):
        row = Membership.objects.get(user=ben)
        row.ends_at = clock.now() + timedelta(days=9)
        row.save()
    assert may_approve(ben, fleet)


def test_the_first_one_is_confirmed_by_the_only_admin_and_no_second_one() -> None:
    root = make_person("root", is_superuser=True)
    fleet = make_fleet()
    first = admit("first", fleet, by=root)
    assert may_approve(first, fleet)
    second = admit("second", fleet, by=root)
    assert not may_approve(second, fleet)
    # Nor once the first one is out of the way, account and all.
    with at_work(root):
        first.delete()
    third = admit("third", fleet, by=root)
    assert not may_approve(third, fleet)
    # A fleet that never had anybody has its own first one, unless there is another admin to ask.
    assert may_approve(admit("fourth", make_fleet("Paris"), by=root), Fleet.objects.get(name="Paris"))
    make_person("other root", is_superuser=True)
    assert not may_approve(admit("fifth", make_fleet("Nice"), by=root), Fleet.objects.get(name="Nice"))


def test_managers_have_no_first_one_of_their_own() -> None:
    ana = make_person("ana", make_fleet())
    other = make_fleet("Paris")
    assert not may_approve(admit("eve", other, by=ana), other)


def test_an_admin_is_let_in_by_two_as_well() -> None:
    root, ben = make_person("root", is_superuser=True), make_person("ben", is_superuser=True)
    eve = make_person("eve")
    fleet = make_fleet()
    with at_work(root):
        eve.is_superuser = True
        eve.save()
    assert not may_approve(eve, fleet)
    assert not may_approve(eve, None)
    assert [may_confirm(user, row_of(eve, None)) for user in (root, eve, ben)] == [False, False, True]
    confirm(row_of(eve, None), ben)
    assert may_approve(eve, fleet)
    assert may_approve(eve, None)
    with at_work(root):
        eve.is_superuser = False
        eve.save(update_fields=["is_superuser"])
    assert not may_approve(eve, None)
    assert not Approver.objects.filter(user=eve, ended_at=None).exists()


@pytest.mark.parametrize("field", ["password", "email", "is_active"])
def test_whose_log_in_another_has_set_is_to_be_confirmed_anew(field: str) -> None:
    """Whoever sets it may be at work under that name from now on."""
    fleet = make_fleet()
    ana, ben = make_person("ana", fleet), make_person("ben", fleet, is_active=field != "is_active")
    assert may_approve(ben, fleet) == (field != "is_active")
    with at_work(ana):
        ben.is_active = True
        ben.email = "eve@example.com" if field == "email" else ben.email
        if field == "password":
            ben.set_password("known to Ana too")
        ben.save()
    assert not may_approve(ben, fleet)
    assert row_of(ben, fleet).given_by == ana
    assert not may_confirm(ana, row_of(ben, fleet))


def test_ones_own_log_in_is_ones_own() -> None:
    fleet = make_fleet()
    ben = make_person("ben", fleet)
    for user in (ben, None):
        with at_work(user):
            ben.set_password(f"of his own {user}")
            ben.save()
        assert may_approve(ben, fleet)
    with doing(lambda: None):
        ben.set_password("by a command on the machine")
        ben.save(update_fields=["password"])
    assert may_approve(ben, fleet)


def test_a_factor_that_another_took_away_is_such_a_change() -> None:
    fleet = make_fleet()
    ana, ben = make_person("ana", fleet), make_person("ben", fleet, is_superuser=True)
    give_anew(ben, ana)
    assert not may_approve(ben, fleet)
    assert {row.given_by for row in Approver.objects.filter(user=ben, ended_at=None)} == {ana}
    assert Approver.objects.filter(user=ben, ended_at=None).count() == 2


def test_who_has_the_machine_needs_nobody(capsys: pytest.CaptureFixture[str]) -> None:
    fleet = make_fleet()
    with doing(lambda: Doer(NOBODY_LOGGED_IN, Origin.COMMAND)):
        call_command("createsuperuser", username="root", email="root@example.com", interactive=False, verbosity=0)
    assert may_approve(User.objects.get(username="root"), fleet)
    with at_work(None), by_the_machine():
        assert may_approve(make_person("first admin", is_superuser=True), None)


def test_who_gives_it_may_be_another_than_who_is_at_work() -> None:
    """An invitation is accepted by the person themselves, or by nobody who has logged in."""
    fleet = make_fleet()
    ana, eve = make_person("ana", fleet), make_person("eve")
    with at_work(eve), giving(ana.pk):
        Membership.objects.create(user=eve, fleet=fleet, role="manager")
    assert not may_approve(eve, fleet)
    assert not may_confirm(ana, row_of(eve, fleet))


def test_what_goes_past_the_orm_makes_nobody() -> None:
    fleet = make_fleet()
    eve = make_person("eve", fleet, role="viewer")
    Membership.objects.filter(user=eve).update(role="manager")
    User.objects.filter(pk=eve.pk).update(is_superuser=True)
    assert not may_approve(eve, fleet)
    assert not may_approve(eve, None)


@pytest.mark.drawn("migrations", 1, of="tests")
def test_managers_and_admins_of_before_approve_as_they_did(at_the_end: None) -> None:
    fleet = make_fleet()
    people = {name: make_person(name, fleet) for name in ("ana", "ended", "narrowed", "left")}
    viewer, root = make_person("viewer", fleet, role="viewer"), make_person("root", is_superuser=True)
    Membership.objects.filter(user=people["ended"]).update(ends_at=clock.now())
    Membership.objects.filter(user=people["narrowed"]).update(narrowed=True)
    User.objects.filter(pk=people["left"].pk).update(is_active=False)
    migrate([("fleets", "0017_narrowed_memberships")])
    migrate()
    found = {(row.user, row.fleet) for row in Approver.objects.filter(confirmed_at__isnull=False)}
    assert found == {(people["ana"], fleet), (root, None)}
    assert not may_approve(viewer, fleet)
    assert not may_approve(people["narrowed"], fleet)


@pytest.mark.drawn("migrations", 1, of="tests")
def test_on_the_way_back_nobody_sees_where_vehicles_are_who_did_not(at_the_end: None) -> None:
    """Everybody of a fleet does there."""
    fleet = make_fleet()
    for name, role, positions in (
        ("seen", "viewer", "yes"),
        ("blind", "viewer", "role"),
        ("support", "support", "role"),
        ("manager", "manager", "role"),
        ("blinded", "manager", "no"),
    ):
        Membership.objects.filter(user=make_person(name, fleet, role=role)).update(positions=positions)
    before = migrate([("fleets", "0016_erasure")]).get_model("fleets", "Membership").objects
    kept = dict(before.values_list("user__username", "role"))
    migrate()
    assert kept == {"seen": "viewer", "support": "viewer", "manager": "manager"}
