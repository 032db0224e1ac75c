"""Seals the audit: committed entries become a chain, each sealed together with the seal before it.

Writing an entry waits for nothing: the one sealer comes seconds later. Ids are given before a commit, so an entry may
appear after one with a greater id; the chain has the order in which the sealer sees them.
"""

import hashlib
import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import connection, transaction

from fleets.models import AuditEntry, AuditHead
from fleets.storage import clock

logger = logging.getLogger("fleetremote.audit")

# Entries a transaction, and transactions a run.
SLICE = 500
SLICES = 20

# Any number that nobody else uses for an advisory lock.
_LOCK = int.from_bytes(b"audit")


@dataclass(frozen=True)
class Head:
    """How far the chain goes: its length, and the seal of its last entry (32 bytes)."""

    position: int
    seal: bytes

    def __str__(self) -> str:
        return f"{self.position}:{self.seal.hex()}"


START = Head(0, bytes(32))


def seal() -> int:
    """Seal what is committed and log each new head; gives how many entries. Does nothing while another one seals."""
    total = 0
    for _ in range(SLICES):
        entries = _seal_slice()
        total += len(entries)
        if entries:
            log_head(head_of(entries[-1]))
        if len(entries) < SLICE:
            break
    return total


def seal_within() -> None:
    """Seal all in the caller's transaction, which no other sealer disturbs until its end.

    The caller logs the head (`log_head`) after its commit, since a head that was rolled back must not be on record.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    while len(_seal_slice()) == SLICE:
        pass


def log_head(head: Head) -> None:
    logger.info("The audit's head is %s", head)


def seal_of(before: bytes, entry: AuditEntry) -> bytes:
    """SHA-256 of the seal before it, and of the entry as it stands at its position."""
    return hashlib.sha256(before + canonical(entry)).digest()


def canonical(entry: AuditEntry) -> bytes:
    """All of an entry but its seal, always the same bytes for the same row: JSON with sorted names, in ASCII.

    A column that is added one day must stay out of it where it is null: old seals were made without it.
    """
    row: dict[str, Any] = {
        "id": entry.pk,
        "at": _moment(entry.at),
        "kind": entry.kind,
        "fleet": entry.fleet_id,
        "vehicle": entry.vehicle_id,
        "subject": entry.subject,
        "who": entry.who,
        "user": entry.user_id,
        "api_client": entry.api_client_id,
        "origin": entry.origin,
        "reason": entry.reason,
        "document": entry.document,
        "body": None if entry.body is None else bytes(entry.body).hex(),
        "position": entry.position,
        "sealed_at": _moment(entry.sealed_at),
    }
    if entry.erased_at is not None:
        row["erased_at"] = _moment(entry.erased_at)
    return json.dumps(row, sort_keys=True, separators=(",", ":")).encode("ascii")


def _moment(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(UTC).isoformat(timespec="microseconds")


@transaction.atomic
def _seal_slice() -> list[AuditEntry]:
    if not _alone():
        return []
    entries = list(AuditEntry.objects.filter(seal__isnull=True).order_by("pk")[:SLICE])
    if not entries:
        return []
    head, now = stored_head(), clock.now()
    for entry in entries:
        entry.position, entry.sealed_at = head.position + 1, now
        entry.seal = seal_of(head.seal, entry)
        head = head_of(entry)
    _write(entries)
    values = {"position": head.position, "seal": head.seal, "sealed_at": now}
    if not AuditHead.objects.filter(id=1).update(**values):
        AuditHead.objects.create(id=1, **values)
    return entries


def head_of(sealed: AuditEntry | AuditHead) -> Head:
    return Head(sealed.position or 0, bytes(sealed.seal or b""))


def _alone() -> bool:
    """Take the sealer's lock, which the end of the transaction gives back; False when another one has it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
        return bool(cursor.fetchone()[0])


def stored_head() -> Head:
    """Where to go on. It is not taken from the entries: when the last ones are removed, the gap must stay."""
    # Sealing needs no key.
    stored = (
        AuditHead.objects.defer("erasure_key").first()
        or AuditEntry.objects.filter(seal__isnull=False).order_by("-position").first()
    )
    return START if stored is None else head_of(stored)


def _write(entries: Sequence[AuditEntry]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE fleets_auditentry entry
            SET position = sealed.position, seal = sealed.seal, sealed_at = %s
            FROM unnest(%s::bigint[], %s::bigint[], %s::bytea[]) AS sealed (id, position, seal)
            WHERE entry.id = sealed.id
            """,
            [
                entries[0].sealed_at,
                [entry.pk for entry in entries],
                [entry.position for entry in entries],
                [entry.seal for entry in entries],
            ],
        )
