"""Of a vehicle's state: what a workshop looks at."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from fleets.vehicles import words
from fleets.vehicles.dates import said_at
from fleets.vehicles.state.facts import newest
from fleets.vehicles.state.row import StateRow, Told
from fleets.vehicles.state.values import dig, items, joined, number, per_cent, with_unit

Json = Any

_PASCAL_A_BAR = 100_000


def starter_battery(told: Told) -> Iterator[StateRow]:
    part = dig(told.state, "battery")
    health = per_cent(dig(part, "voltage"))
    if health is not None:
        tone = "bad" if health < 30 else "warn" if health < 50 else ""
        yield StateRow("battery", _("12 V battery"), with_unit(health, "%"), said_at(part), tone)


def tyres(told: Told) -> Iterator[StateRow]:
    """The pressure of each; the row is as old as the oldest of them."""
    listed = [item for item in items(dig(told.state, "tyreState")) if _tyre(item)]
    if not listed:
        return
    dates = [said_at(item) for item in listed]
    oldest = min((at for at in dates if at), default=None) if all(dates) else None
    states = {str(dig(item, "status")) for item in listed}
    tone = "bad" if "SignificantlyLow" in states else "warn" if states & {"Low", "High"} else ""
    yield StateRow("tyres", _("Tyres"), "; ".join(map(_tyre, listed)), oldest, tone)


def _tyre(tyre: Json) -> str:
    """Such as "front left 2.4 bar, low"; empty where nothing is told of it."""
    name, status, pressure = dig(tyre, "id"), dig(tyre, "status"), number(dig(tyre, "pressure", "value"))
    parts = [
        with_unit(pressure / _PASCAL_A_BAR, "bar", 1) if pressure is not None else "",
        str(words.TYRE_STATES.get(status, status)) if isinstance(status, str) else "",
    ]
    told = joined(parts, ", ")
    return f"{words.TYRES.get(str(name), name)} {told}" if told and isinstance(name, str) else told


def service(told: Told) -> Iterator[StateRow]:
    part = dig(told.state, "maintenance")
    days, distance = number(dig(part, "daysBeforeMaintenance")), number(dig(part, "mileageBeforeMaintenance"))
    left = [_days(days) if days is not None else "", with_unit(distance, "km") if distance is not None else ""]
    if not any(left):
        return
    is_due = any(value is not None and value <= 0 for value in (days, distance))
    text = _("Due") if is_due else _("In %(left)s") % {"left": joined(left)}
    note = joined(left) if is_due else ""
    yield StateRow("service", _("Service"), text, said_at(part), "warn" if is_due else "", note=note)


def _days(days: float) -> str:
    return ngettext("%(number)d day", "%(number)d days", round(days)) % {"number": round(days)}


def warnings(told: Told) -> Iterator[StateRow]:
    """The warning lamps and messages that are on (alerts of v1), in the manufacturer's words.

    There are two lists; the one that was told last counts.
    """
    active, report = dig(told.state, "alerts", "active"), dig(told.state, "alerts", "report")
    part = newest(active, report)
    listed = items(dig(part, "activeAlerts" if part is active else "reportDetails"))
    on = [item for item in listed if isinstance(dig(item, "type"), str) and _is_on(item)]
    if on:
        grave = any(dig(item, "severity") == "Critical" for item in on)
        text = ", ".join(_warning(item) for item in on)
        yield StateRow("warnings", _("Warnings"), text, said_at(part), "bad" if grave else "warn")


def _is_on(warning: Json) -> bool:
    return dig(warning, "active") is not False and not dig(warning, "endAt")


def _warning(warning: Json) -> str:
    severity = dig(warning, "severity")
    word = words.SEVERITIES.get(severity, severity) if isinstance(severity, str) else ""
    return f"“{warning['type']}” ({word})" if word else f"“{warning['type']}”"
