"""Takes what is personal out of entries that are sealed, and leaves the chain whole (fleets/audit/erasures.py)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet

from fleets.audit import erasures
from fleets.audit.entries import SYSTEM, About, Actor, Kind, Origin, record
from fleets.audit.sealing import log_head, seal_within, stored_head
from fleets.models import AuditEntry
from fleets.storage import clock

# Entries that one erasure lists at the most, and that are read at a time.
SLICE = 200

_COLUMNS = ("subject", "who", "reason", "document", "body")
_TICK = timedelta(microseconds=1)


@dataclass(frozen=True)
class Left:
    """What is left of an entry: these are the columns that may be taken from."""

    subject: str
    who: str
    reason: str
    document: dict[str, Any]
    body: bytes | None


def left_as_it_is(entry: AuditEntry) -> Left:
    body = None if entry.body is None else bytes(entry.body)
    return Left(entry.subject, entry.who, entry.reason, entry.document, body)


@dataclass(frozen=True)
class Erasure:
    """Why something is erased: `what` in words of ours, about whom by the name that stays, and who has it done."""

    what: str
    about: About
    actor: Actor = SYSTEM
    origin: AuditEntry.Origin = Origin.SYSTEM
    reason: str = ""


@transaction.atomic
def erase(erasure: Erasure, entries: QuerySet[AuditEntry], left_of: Callable[[AuditEntry], Left]) -> int:
    """Leave of each of the entries what `left_of` says, and seal who had that done; gives how many were changed.

    What is committed but not sealed yet is sealed first. One transaction: entries, what vouches for them, and its seal.
    """
    seal_within()
    with_key, now, changed = erasures.key(), clock.now(), 0
    keys = list(
        entries.exclude(kind=Kind.ERASED).filter(seal__isnull=False).order_by("pk").values_list("pk", flat=True)
    )
    for start in range(0, len(keys), SLICE):
        rows = list(AuditEntry.objects.filter(pk__in=keys[start : start + SLICE]).order_by("position"))
        if erased := _erase_slice(rows, left_of, now):
            _vouch(erasure, erased, with_key)
            changed += len(erased)
    if changed:
        seal_within()
        head = stored_head()
        transaction.on_commit(lambda: log_head(head))
    return changed


def _erase_slice(rows: Sequence[AuditEntry], left_of: Callable[[AuditEntry], Left], now: datetime) -> list[AuditEntry]:
    """The entries of which something was taken, as they are now."""
    erased = []
    for entry in rows:
        left = left_of(entry)
        if left != left_as_it_is(entry):
            for name, value in vars(left).items():
                setattr(entry, name, value)
            # Later than an erasure before it also where the clock was set back.
            entry.erased_at = max(now, entry.erased_at + _TICK) if entry.erased_at else now
            erased.append(entry)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL fleetremote.erases = 'yes'")
        AuditEntry.objects.bulk_update(erased, [*_COLUMNS, "erased_at"], batch_size=SLICE)
        cursor.execute("SET LOCAL fleetremote.erases = 'no'")
    return erased


def _vouch(erasure: Erasure, erased: Sequence[AuditEntry], with_key: bytes) -> None:
    document = {"what": erasure.what, "whom": erasure.about.subject, erasures.ENTRIES: erasures.listed(erased)}
    record(
        Kind.ERASED,
        erasure.about,
        actor=erasure.actor,
        origin=erasure.origin,
        reason=erasure.reason,
        document=erasures.proven(document, with_key),
    )
