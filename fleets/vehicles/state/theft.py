"""Of a vehicle's state: whether it is reported stolen, its alarm, and what set it off."""

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import gettext as _

from fleets.vehicles import words
from fleets.vehicles.dates import said_at
from fleets.vehicles.state.facts import NO_BREAK_IN, is_reported_stolen
from fleets.vehicles.state.facts import alarm_trigger as trigger_of
from fleets.vehicles.state.row import StateRow, Told
from fleets.vehicles.state.values import dig, moment_of


def stolen(told: Told) -> Iterator[StateRow]:
    part, is_stolen = dig(told.state, "stolen"), is_reported_stolen(told.state)
    since, until = _before(part, "startedAt"), _before(part, "endAt")
    if is_stolen:
        note = _("Since %(time)s.") % {"time": told.time(since)} if since else ""
        yield StateRow("stolen", _("Theft"), _("Reported stolen"), said_at(part), "bad", note=note)
    elif is_stolen is False and until:
        text = _("Not reported stolen any more")
        note = _("Until %(time)s.") % {"time": told.time(until)}
        yield StateRow("stolen", _("Theft"), text, said_at(part), note=note)
    elif is_stolen is False:
        yield StateRow("stolen", _("Theft"), _("Not reported stolen"), said_at(part))


def _before(part: object, name: str) -> datetime | None:
    """A moment that the part tells of; None where that is later than the part was told, which can't be."""
    at, told_at = moment_of(part, name), said_at(part)
    return None if at and told_at and at > told_at else at


def alarm(told: Told) -> Iterator[StateRow]:
    part = dig(told.state, "alarm", "status")
    word = dig(part, "activation")
    if isinstance(word, str):
        yield StateRow("alarm", _("Alarm"), str(words.ALARM.get(word, word)), said_at(part))


def alarm_trigger(told: Told) -> Iterator[StateRow]:
    """What set off the alarm last; one that is over is told as such."""
    part = dig(told.state, "alarm", "trigger")
    kind, since = dig(part, "type"), _before(part, "startAt")
    if not isinstance(kind, str) or kind == NO_BREAK_IN:
        return
    is_on = trigger_of(told.state) is not None
    text = str(words.BREAK_INS.get(kind, kind))
    notes = [_("Since %(time)s.") % {"time": told.time(since)}] if since else []
    notes += [] if is_on else [_("The alarm was off again later.")]
    yield StateRow(
        "alarm-trigger", _("Alarm set off"), text, said_at(part), "bad" if is_on else "", note=" ".join(notes)
    )
