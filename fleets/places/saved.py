"""What people do to the saved places of a fleet: they save, rename and delete them. Each is on record."""

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction

from fleets.audit.entries import About, Origin, person, record_operation
from fleets.models import Fleet, SavedPlace
from fleets.places.finding import Found
from fleets.places.folding import folded

MOST = 200
"""Of a fleet, so that a map and a list show all of them."""


class NameTaken(Exception):
    """The fleet has a place with this name, whatever its capitals."""


class Full(Exception):
    """The fleet has MOST places."""


def save(fleet: Fleet, name: str, at: tuple[float, float], user: User) -> SavedPlace:
    """`at`: latitude and longitude, in degrees. Raises NameTaken and Full."""
    if fleet.saved_places.count() >= MOST:
        raise Full
    place = SavedPlace(fleet=fleet, name=name, latitude=at[0], longitude=at[1], user=user)
    _write(place, "saved a place", user)
    return place


def rename(place: SavedPlace, name: str, user: User) -> None:
    """Raises NameTaken."""
    before, place.name = place.name, name
    _write(place, f"renamed the place “{before}”", user)


@transaction.atomic
def delete(place: SavedPlace, user: User) -> None:
    """Routes and commands that lead there keep their coordinates."""
    _record(place, "deleted a place", user)
    place.delete()


def find_saved(fleet: Fleet, words: str) -> list[Found]:
    """The fleet's places with a word that begins so, however written; all for no words. By name, one statement."""
    wanted = folded(words)
    places = fleet.saved_places.order_by("name", "pk")
    return [
        Found(place.name, "", place.latitude, place.longitude)
        for place in places
        if not wanted or f" {folded(place.name)}".find(f" {wanted}") >= 0
    ]


def _write(place: SavedPlace, what: str, user: User) -> None:
    try:
        with transaction.atomic():
            place.save()
            _record(place, what, user)
    except IntegrityError as error:
        raise NameTaken from error


def _record(place: SavedPlace, what: str, user: User) -> None:
    document = {"name": place.name, "latitude": place.latitude, "longitude": place.longitude}
    about = About(place.public_id, place.fleet_id)
    record_operation(about, what, actor=person(user), origin=Origin.PAGE, reason="", document=document)
