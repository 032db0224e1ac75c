"""Who looks at something of a fleet for a while, and whether they still may: asked again and again while it lasts."""

from collections.abc import Collection
from dataclasses import dataclass
from importlib import import_module

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.models import User
from django.utils.crypto import constant_time_compare

from fleets.models import Membership, Vehicle


@dataclass(frozen=True)
class Sight:
    """A person, by the session that they have shown, looks at a fleet, or at one of its vehicles. Keys are primary."""

    session_key: str
    person_id: int
    fleet_id: int
    vehicle_id: int | None = None


def holding(sights: Collection[Sight]) -> set[Sight]:
    """Those that still may: the session is there, in time and of the person's password, the person is active and a
    member, and the vehicle is in the fleet. A statement a session and three for all. Raises DatabaseError.
    """
    by_session = _people_of({sight.session_key for sight in sights})
    memberships = set(
        Membership.objects.filter(
            user__in={sight.person_id for sight in sights}, fleet__in={sight.fleet_id for sight in sights}
        ).values_list("user_id", "fleet_id")
    )
    vehicles = {sight.vehicle_id for sight in sights if sight.vehicle_id is not None}
    places = set(Vehicle.objects.filter(pk__in=vehicles).values_list("pk", "fleet_id")) if vehicles else set()
    return {
        sight
        for sight in sights
        if by_session.get(sight.session_key) == sight.person_id
        and (sight.person_id, sight.fleet_id) in memberships
        and (sight.vehicle_id is None or (sight.vehicle_id, sight.fleet_id) in places)
    }


def _people_of(session_keys: Collection[str]) -> dict[str, int]:
    """The people whose sessions these are, without those that have ended.

    As `django.contrib.auth.get_user` finds them, which would write: it may give a session another key, of which the
    browser could not be told here.
    """
    store = import_module(settings.SESSION_ENGINE).SessionStore
    shown = {key: store(key).load() for key in session_keys}
    found = {key: (int(data[SESSION_KEY]), str(data.get(HASH_SESSION_KEY, ""))) for key, data in shown.items() if data}
    people = User.objects.filter(is_active=True).in_bulk({person_id for person_id, _ in found.values()})
    return {
        key: person_id
        for key, (person_id, shown_hash) in found.items()
        if person_id in people and _is_of_password(people[person_id], shown_hash)
    }


def _is_of_password(person: User, shown_hash: str) -> bool:
    """Whether the session was begun with the password that the person has now."""
    known = [person.get_session_auth_hash(), *person.get_session_auth_fallback_hash()]
    return any(constant_time_compare(shown_hash, each) for each in known)
