"""Right before a sending the database itself looks at the rights of whoever asked: it says what the table says."""

import pytest

from fleets.access import may_send, who_may_send
from protocol.catalogue import REMOTE_TYPES
from remotes.checks.cases import open_cases
from tests.world import make_action, make_fleet, make_person, make_vehicle

from .members import MEMBERS

pytestmark = pytest.mark.django_db


def test_every_member_every_type_every_vehicle() -> None:
    fleet, other = make_fleet(), make_fleet("Paris")
    it, another = make_vehicle(fleet), make_vehicle(fleet)
    people = {name: member.make(name, fleet, it, another) for name, member in MEMBERS.items()}
    people |= {
        "stranger": make_person("stranger", other),
        "locked out": make_person("locked out", fleet, is_active=False),
    }
    asked = {
        (name, remote_type, vehicle.pk): make_action(vehicle, user=person, remote_type=remote_type)
        for name, person in people.items()
        for remote_type in REMOTE_TYPES
        for vehicle in (it, another)
    }
    cases = {case.action.pk: case.asker.may_send for vehicle in (it, another) for case in open_cases(vehicle)}
    seen = {way: cases[action.pk] for way, action in asked.items()}
    assert seen == {way: _expected(*way, it.pk) for way in asked}
    for vehicle in (it, another):
        for name, person in people.items():
            for remote_type in REMOTE_TYPES:
                assert may_send(person, vehicle, remote_type) == seen[name, remote_type, vehicle.pk]
    for remote_type in REMOTE_TYPES:
        able = {name for name, of, pk in seen if of == remote_type and seen[name, of, pk]}
        assert {person.username for person in who_may_send(fleet.pk, remote_type)} == able


def _expected(name: str, remote_type: str, vehicle: int, it: int) -> bool:
    """By the table of rights."""
    if name not in MEMBERS:
        return False
    member = MEMBERS[name]
    sees = not member.narrowed or member.sees_it == (vehicle == it)
    return sees and remote_type in member.sends


def test_it_is_one_statement_however_many(django_assert_num_queries: object) -> None:
    fleet = make_fleet()
    vehicle, person = make_vehicle(fleet), make_person("camille", fleet, role="operator")
    for _ in range(3):
        make_action(vehicle, user=person)
    open_cases(vehicle)
    with django_assert_num_queries(1):  # type: ignore[operator]
        assert [case.asker.may_send for case in open_cases(vehicle)] == [True] * 3
