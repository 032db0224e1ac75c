"""Of a vehicle's state: locks, what can be opened, lights."""

from collections.abc import Iterator

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from fleets.vehicles import words
from fleets.vehicles.dates import said_at
from fleets.vehicles.state.facts import is_locked
from fleets.vehicles.state.row import StateRow, Told
from fleets.vehicles.state.values import dig, items, texts


def locks(told: Told) -> Iterator[StateRow]:
    doors = dig(told.state, "doorsState")
    locked = is_locked(told.state)
    if locked is None:
        return
    text = ", ".join(str(words.LOCK_STATES.get(word, word)) for word in texts(dig(doors, "lockedStates")))
    yield StateRow("doors", _("Doors"), text, said_at(doors), "ok" if locked else "warn")


def openings(told: Told) -> Iterator[StateRow]:
    """Each that is not shut by its name; what has a word that is not known is neither open nor shut."""
    doors = dig(told.state, "doorsState")
    listed = [item for item in items(dig(doors, "opening")) if isinstance(dig(item, "state"), str)]
    if not listed:
        return
    opened = [_name(item) for item in listed if item["state"] == "Open"]
    others = [f"{_name(item)}: {item['state']}" for item in listed if item["state"] not in ("Open", "Closed")]
    parts = [_("%(what)s open") % {"what": ", ".join(opened)}] if opened else []
    text = "; ".join([*parts, *others]) or _("All shut")
    shut = [_name(item) for item in listed if item["state"] == "Closed"]
    note = _("Shut: %(what)s.") % {"what": ", ".join(shut)} if shut and (opened or others) else ""
    yield StateRow("openings", _("Openings"), capfirst(text), said_at(doors), "warn" if opened else "", note=note)


def _name(opening: object) -> str:
    name = str(dig(opening, "identifier"))
    return str(words.OPENINGS.get(name, name))


def lights(told: Told) -> Iterator[StateRow]:
    """Each lamp that is on, by where it is."""
    system = dig(told.state, "lightingSystem")
    lamps = [(name, lamp) for name in ("turn", "fog") for lamp in items(dig(system, name))]
    known = [(name, lamp) for name, lamp in lamps if isinstance(dig(lamp, "status"), str)]
    if not known:
        return
    lit = [(name, lamp) for name, lamp in known if lamp["status"] != "Off"]
    kinds = sorted({str(words.LIGHTS[name]) for name, _lamp in lit})
    text = (_("%(what)s on") % {"what": ", ".join(kinds).capitalize()}) if lit else _("Off")
    where = [_place(name, lamp) for name, lamp in lit if dig(lamp, "direction") or dig(lamp, "position")]
    note = "; ".join(where) + "." if where else ""
    yield StateRow("lights", _("Lights"), text, said_at(system), "warn" if lit else "", note=note)


def _place(name: str, lamp: object) -> str:
    """Such as "indicators: front, left"."""
    parts = [str(dig(lamp, part)) for part in ("position", "direction") if isinstance(dig(lamp, part), str)]
    return f"{words.LIGHTS[name]}: {', '.join(str(words.SIDES.get(part, part)) for part in parts)}"
