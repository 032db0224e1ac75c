"""Walks the sealed audit and finds the first place where it is not what was sealed."""

from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min

from fleets.audit.sealing import START, Head, seal_of
from fleets.models import AuditEntry, AuditHead

# Entries that are read at a time.
SLICE = 500


class Broken(Exception):
    """The chain is broken; the text says where, fit for a person."""


@dataclass(frozen=True)
class Verified:
    """A whole chain: its head, and what is not sealed yet (the oldest of it since when)."""

    head: Head
    not_sealed: int
    oldest: datetime | None


def verify(told: Head | None = None) -> Verified:
    """Walk the whole chain. `told` is a head that was noted elsewhere, such as one from the log.

    Raises Broken at the first entry that was changed, removed or put elsewhere, and when the end is missing.
    """
    stored = AuditHead.objects.first()
    # Heads that the walk must come by. The stored one is read first: the sealer may go on meanwhile.
    known = [told] if told else []
    if stored is not None:
        known.append(Head(stored.position, bytes(stored.seal)))
    head = START
    for entries in _slices():
        for entry in entries:
            head = _next(head, entry)
            _check_known(head, known)
    _check_end(head, known)
    left = AuditEntry.objects.filter(seal__isnull=True).aggregate(count=Count("pk"), oldest=Min("at"))
    return Verified(head, left["count"], left["oldest"])


def _slices() -> Iterator[list[AuditEntry]]:
    sealed = AuditEntry.objects.filter(position__isnull=False).order_by("position")
    last = START.position
    while entries := list(sealed.filter(position__gt=last)[:SLICE]):
        yield entries
        last = entries[-1].position or last


def _next(before: Head, entry: AuditEntry) -> Head:
    """The head with this entry. Raises Broken where it is not the one that was sealed after `before`."""
    position, seal = entry.position or 0, bytes(entry.seal or b"")
    if position > before.position + 1:
        raise Broken(f"{_missing(before.position + 1, position - 1)}: removed after sealing.")
    if seal_of(before.seal, entry) == seal:
        return Head(position, seal)
    following = AuditEntry.objects.filter(position__gt=position).order_by("position")[:SLICE]
    other = next((one for one in following if _belongs(before, entry, one)), None)
    if other is not None:
        raise Broken(f"The entries at {position} and {other.position} were swapped after sealing.")
    raise Broken(
        f"The entry at {position} does not match its seal: it was changed after sealing, or one before it was removed "
        f"and the rest numbered anew. Now there: {_name(entry)}."
    )


def _belongs(before: Head, entry: AuditEntry, other: AuditEntry) -> bool:
    """Whether `other` is what was sealed where `entry` stands: moved with its seal, or only its contents."""
    moved = copy(other)
    moved.position = entry.position
    contents = copy(moved)
    contents.pk, contents.sealed_at = entry.pk, entry.sealed_at
    return seal_of(before.seal, moved) == bytes(other.seal or b"") or seal_of(before.seal, contents) == bytes(
        entry.seal or b""
    )


def _check_known(head: Head, known: list[Head]) -> None:
    for one in known:
        if one.position == head.position and one.seal != head.seal:
            raise Broken(f"The chain up to {head.position} was written anew: its seal there is not the one known.")


def _check_end(head: Head, known: list[Head]) -> None:
    furthest = max((one.position for one in known), default=0)
    if furthest > head.position:
        raise Broken(f"{_missing(head.position + 1, furthest)}: the end was removed after sealing.")


def _missing(first: int, last: int) -> str:
    return f"The entry at {first} is missing" if first == last else f"The entries from {first} to {last} are missing"


def _name(entry: AuditEntry) -> str:
    return f"id {entry.pk}, {entry.kind}, {entry.subject}, {entry.at:%Y-%m-%d %H:%M:%S} UTC"
