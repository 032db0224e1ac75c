"""Of a vehicle's state: ignition, movement, mileage, where it is, and whether it tells."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from fleets.vehicles import position as places
from fleets.vehicles import words
from fleets.vehicles.dates import said_at
from fleets.vehicles.state.facts import is_moving, kinetic_of, odometer_of
from fleets.vehicles.state.row import StateRow, Told
from fleets.vehicles.state.values import dig, number, with_unit

POSITION = "position"
"""The key of the row that says where the vehicle is."""


def ignition(told: Told) -> Iterator[StateRow]:
    part = dig(told.state, "ignition")
    word = dig(part, "type")
    if isinstance(word, str):
        yield StateRow("ignition", _("Ignition"), str(words.IGNITION.get(word, word)), said_at(part))


def movement(told: Told) -> Iterator[StateRow]:
    moving, kinetic = is_moving(told.state), kinetic_of(told.state)
    if moving is None:
        return
    speed = number(dig(kinetic, "speed"))
    text = _("Standing") if not moving else with_unit(speed, "km/h") if speed is not None else _("Moving")
    note = _("It also says that it stands.") if moving and dig(kinetic, "moving") is False else ""
    yield StateRow("movement", _("Movement"), text, said_at(kinetic), "warn" if moving else "", note=note)


def mileage(told: Told) -> Iterator[StateRow]:
    odometer = odometer_of(told.state)
    found = number(dig(odometer, "mileage"))
    if found is not None:
        yield StateRow("mileage", _("Mileage"), with_unit(found, "km"), said_at(odometer))


def position(told: Told) -> Iterator[StateRow]:
    place = places.position_of(told.state)
    if place is not None:
        yield StateRow(POSITION, _("Position"), place.words, place.at)


def privacy(told: Told) -> Iterator[StateRow]:
    part = dig(told.state, "privacy")
    word = dig(part, "state")
    if isinstance(word, str):
        text, tone = str(words.PRIVACY.get(word, word)), "" if word == "None" else "warn"
        yield StateRow("privacy", _("Privacy"), text, said_at(part), tone)
