"""Walks the sealed audit and finds the first place where it is not what was sealed."""

from collections.abc import Iterator, Mapping
from copy import copy
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min

from fleets.audit import erasures
from fleets.audit.erasures import Vouched
from fleets.audit.sealing import START, Head, seal_of
from fleets.models import AuditEntry, AuditHead

# Entries that are read at a time.
SLICE = 500


class Broken(Exception):
    """The chain is broken; the text says where, fit for a person."""


@dataclass(frozen=True)
class Verified:
    """A whole chain: its head, how many entries were erased, how many are not sealed yet, and the oldest of these."""

    head: Head
    erased: int
    not_sealed: int
    oldest: datetime | None


def verify(told: Head | None = None) -> Verified:
    """Walk the whole chain. `told` is a head that was noted elsewhere, such as one from the log.

    Raises Broken at the first entry that was changed, removed or put elsewhere, and when the end is missing.
    """
    stored = AuditHead.objects.defer("erasure_key").first()
    # Heads that the walk must come by. The stored one is read first: the sealer may go on meanwhile.
    known = [told] if told else []
    if stored is not None:
        known.append(Head(stored.position, bytes(stored.seal)))
    vouched, erased = _vouched(), 0
    head = START
    for entries in _slices():
        for entry in entries:
            said = vouched.get(entry.position or 0) if entry.kind != AuditEntry.Kind.ERASED else None
            head = _erased(head, entry, said) if said else _next(head, entry)
            erased += said is not None
            _check_known(head, known)
    _check_end(head, known)
    left = AuditEntry.objects.filter(seal__isnull=True).aggregate(count=Count("pk"), oldest=Min("at"))
    return Verified(head, erased, left["count"], left["oldest"])


def _slices() -> Iterator[list[AuditEntry]]:
    sealed = AuditEntry.objects.filter(position__isnull=False).order_by("position")
    last = START.position
    while entries := list(sealed.filter(position__gt=last)[:SLICE]):
        yield entries
        last = entries[-1].position or last


def _vouched() -> Mapping[int, Vouched]:
    """What the sealed erasures say, proven to be FleetRemote's; that they stand in the chain is found by the walk."""
    sealed = AuditEntry.objects.filter(kind=AuditEntry.Kind.ERASED, position__isnull=False).order_by("position")
    key = erasures.known_key() if sealed.exists() else b""
    if key is None:
        raise Broken("Entries were erased, but the key that proves it is missing: the head was removed.")
    proofs: dict[str, int | None] = {}
    for erasure in sealed.iterator(SLICE):
        if not erasures.is_proven(erasure.document, key):
            raise Broken(f"The erasure at {erasure.position} is not FleetRemote's: its proof is another one.")
        # Else what was erased again since could be put back, and the former erasure behind it.
        first = proofs.setdefault(erasure.document[erasures.PROOF], erasure.position)
        if first != erasure.position:
            raise Broken(f"The erasure at {erasure.position} is a copy of the one at {first}.")
    return erasures.vouched_by(sealed.iterator(SLICE))


def _erased(before: Head, entry: AuditEntry, vouched: Vouched) -> Head:
    """The head with an erased entry. Raises Broken where it is not what its last erasure left of it."""
    position, seal = entry.position or 0, bytes(entry.seal or b"")
    _check_gap(before, position)
    if vouched.by <= position or seal.hex() != vouched.seal or erasures.digest(entry) != vouched.digest:
        raise Broken(
            f"The entry at {position} was erased, and is not what the erasure at {vouched.by} left of it. "
            f"Now there: {_name(entry)}."
        )
    return Head(position, seal)


def _next(before: Head, entry: AuditEntry) -> Head:
    """The head with this entry. Raises Broken where it is not the one that was sealed after `before`."""
    position, seal = entry.position or 0, bytes(entry.seal or b"")
    _check_gap(before, position)
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


def _check_gap(before: Head, position: int) -> None:
    if position > before.position + 1:
        raise Broken(f"{_missing(before.position + 1, position - 1)}: removed after sealing.")


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
