"""Who looks at something of a fleet for a while, and whether they still may: asked again and again while it lasts."""

from collections.abc import Collection
from dataclasses import dataclass
from importlib import import_module

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.models import User
from django.utils.crypto import constant_time_compare

from fleets.access import lasting
from fleets.models import MembershipVehicle, Vehicle

WHOLE: None = None
"""In place of vehicles: all of the fleet."""


@dataclass(frozen=True)
class Sight:
    """A person, by the session that they have shown, looks at a fleet, or at one of its vehicles. Keys are primary.

    At a fleet: at those of its `vehicles` that they see, or at the WHOLE of it.
    """

    session_key: str
    person_id: int
    fleet_id: int
    vehicle_id: int | None = None
    vehicles: frozenset[int] | None = WHOLE


def holding(sights: Collection[Sight]) -> set[Sight]:
    """Those that still may: the session is there, in time and of the person's password, the person is active and a
    member whose time is not over, or an admin, the vehicle is in the fleet and one that they see, and of the fleet they
    see the same vehicles as they did. A statement a session and three for all, one more where somebody sees some
    vehicles only. Raises DatabaseError.
    """
    by_session = _people_of({sight.session_key for sight in sights})
    narrowed_to = _memberships(sights)
    seen = _vehicles_of([key for key in narrowed_to.values() if key is not None])
    vehicles = {sight.vehicle_id for sight in sights if sight.vehicle_id is not None}
    places = set(Vehicle.objects.filter(pk__in=vehicles).values_list("pk", "fleet_id")) if vehicles else set()

    def still_may(sight: Sight) -> bool:
        person = by_session.get(sight.session_key)
        if person is None or person.pk != sight.person_id:
            return False
        if sight.vehicle_id is not None and (sight.vehicle_id, sight.fleet_id) not in places:
            return False
        if person.is_superuser:
            return sight.vehicles is WHOLE
        if (sight.person_id, sight.fleet_id) not in narrowed_to:
            return False
        membership = narrowed_to[sight.person_id, sight.fleet_id]
        theirs = WHOLE if membership is None else seen.get(membership, frozenset())
        return sight.vehicles == theirs if sight.vehicle_id is None else theirs is None or sight.vehicle_id in theirs

    return {sight for sight in sights if still_may(sight)}


def _memberships(sights: Collection[Sight]) -> dict[tuple[int, int], int | None]:
    """By person and fleet: the membership where it is narrowed, None where it is for the whole."""
    rows = lasting().filter(
        user__in={sight.person_id for sight in sights}, fleet__in={sight.fleet_id for sight in sights}
    )
    return {
        (person_id, fleet_id): key if narrowed else None
        for person_id, fleet_id, key, narrowed in rows.values_list("user_id", "fleet_id", "pk", "narrowed")
    }


def _vehicles_of(memberships: Collection[int]) -> dict[int, frozenset[int]]:
    """The vehicles that narrowed memberships are for; no statement where there are none."""
    if not memberships:
        return {}
    found: dict[int, set[int]] = {}
    rows = MembershipVehicle.objects.filter(membership__in=memberships)
    for membership, vehicle in rows.values_list("membership_id", "vehicle_id"):
        found.setdefault(membership, set()).add(vehicle)
    return {membership: frozenset(vehicles) for membership, vehicles in found.items()}


def _people_of(session_keys: Collection[str]) -> dict[str, User]:
    """The people whose sessions these are, without those that have ended.

    As `django.contrib.auth.get_user` finds them, which would write: it may give a session another key, of which the
    browser could not be told here.
    """
    store = import_module(settings.SESSION_ENGINE).SessionStore
    shown = {key: store(key).load() for key in session_keys}
    found = {key: (int(data[SESSION_KEY]), str(data.get(HASH_SESSION_KEY, ""))) for key, data in shown.items() if data}
    people = User.objects.filter(is_active=True).in_bulk({person_id for person_id, _ in found.values()})
    return {
        key: people[person_id]
        for key, (person_id, shown_hash) in found.items()
        if person_id in people and _is_of_password(people[person_id], shown_hash)
    }


def _is_of_password(person: User, shown_hash: str) -> bool:
    """Whether the session was begun with the password that the person has now."""
    known = [person.get_session_auth_hash(), *person.get_session_auth_fallback_hash()]
    return any(constant_time_compare(shown_hash, each) for each in known)
