"""What has become of what a person has pressed last, until they have read it."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from console.requests import PageRequest
from console.vehicle.history import Entry

RECENT = timedelta(minutes=10)
"""For so long after its end it is shown."""
_KEPT, _MOST = "read-results", 50


def result_of(request: PageRequest, newest: Iterable[Entry], now: datetime) -> Entry | None:
    """The person's own newest action, of the vehicle's `newest`, if it is open or has just ended, and is not read."""
    own = next((entry for entry in newest if entry.asked.asker_id == request.user.pk), None)
    if own is None or _mark(own) in request.session.get(_KEPT, []):
        return None
    is_new = own.is_open or (own.ended_at is not None and now - own.ended_at < RECENT)
    return own if is_new else None


def note_read(request: PageRequest, entry: Entry) -> None:
    """It is not shown again as it stands; once it has ended, that is something else to read."""
    kept = [mark for mark in request.session.get(_KEPT, []) if mark != _mark(entry)]
    request.session[_KEPT] = [*kept, _mark(entry)][-_MOST:]


def _mark(entry: Entry) -> str:
    return entry.public_id + (" open" if entry.is_open else "")
