"""Entries of the audit as rows of a page and of a file, and one entry in full."""

import json
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from console.audit.words import KINDS, ORIGINS, type_of, what
from fleets.audit.searching import Wanted, all_found, approvers, audit_page
from fleets.models import AuditEntry, Fleet, Vehicle

PAGE_SIZE = 50
# Entries a piece of the file; no statement is larger.
AT_ONCE = 1000
# Characters of a body that the page shows; `script/manage audit show` gives the rest.
MOST_CHARACTERS = 10_000


@dataclass(frozen=True)
class AuditRow:
    """An entry. `vehicle` is None where it is about none, or about one that is not there any more.

    `approver` is who approved what was asked for; `path` leads to the whole entry.
    """

    entry: AuditEntry
    kind: str
    what: str
    origin: str
    type: str
    approver: str
    vehicle: Vehicle | None
    fleet: Fleet | None
    path: str


@dataclass(frozen=True)
class AuditRows:
    rows: list[AuditRow]
    older: str


def rows_page(wanted: Wanted, token: str, fleet: Fleet | None) -> AuditRows:
    """A page of what is wanted of the fleet, or of all: up to five statements."""
    page = audit_page(wanted, token, PAGE_SIZE)
    return AuditRows(rows_of(page.entries, fleet), page.older)


def all_rows(wanted: Wanted, fleet: Fleet | None) -> Iterator[AuditRow]:
    """All of it, however much there is."""
    for entries in all_found(wanted, AT_ONCE):
        yield from rows_of(entries, fleet)


def rows_of(entries: Sequence[AuditEntry], fleet: Fleet | None) -> list[AuditRow]:
    """With the vehicles, fleets and approvers that they name: a statement for each."""
    vehicles = Vehicle.objects.only("vin", "label", "plate", "public_id", "fleet_id")
    by_key = vehicles.in_bulk({entry.vehicle_id for entry in entries if entry.vehicle_id})
    for vehicle in by_key.values():
        if fleet and vehicle.fleet_id != fleet.pk:
            # What it is called elsewhere by now is no business of those whose it was.
            vehicle.label = vehicle.plate = ""
    fleets = {} if fleet else Fleet.objects.in_bulk({entry.fleet_id for entry in entries if entry.fleet_id})
    approved = approvers(entries)
    return [
        AuditRow(
            entry=entry,
            kind=str(KINDS.get(AuditEntry.Kind(entry.kind), entry.kind)),
            what=what(entry),
            origin=str(ORIGINS.get(AuditEntry.Origin(entry.origin), entry.origin)),
            type=type_of(entry),
            approver=approved.get(entry.subject, "") if entry.kind == AuditEntry.Kind.ASKED else "",
            vehicle=by_key.get(entry.vehicle_id) if entry.vehicle_id else None,
            fleet=fleet or (fleets.get(entry.fleet_id) if entry.fleet_id else None),
            path=_path(entry, fleet),
        )
        for entry in entries
    ]


def details(entry: AuditEntry) -> str:
    """Its document, indented."""
    return json.dumps(entry.document, indent=2, ensure_ascii=False)


def body_of(entry: AuditEntry) -> tuple[str, bool]:
    """Its body, indented where it is JSON, and whether it goes on."""
    text = bytes(entry.body or b"").decode("utf-8", "replace")
    with suppress(ValueError, RecursionError):
        text = json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    return text[:MOST_CHARACTERS], len(text) > MOST_CHARACTERS


def _path(entry: AuditEntry, fleet: Fleet | None) -> str:
    args: list[Any] = [fleet.public_id, entry.pk] if fleet else [entry.pk]
    return reverse("audit-entry" if fleet else "audit-entry-of-all", args=args)
