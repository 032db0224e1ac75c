"""Searches the audit, newest first, a page at a time along the indexes of AuditEntry, however long the history is."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet
from django.db.models.fields.json import KT

from fleets.audit.entering import FAILED
from fleets.audit.entries import SYSTEM, Kind
from fleets.models import AuditEntry, Vehicle
from fleets.models.audit import TYPED_KINDS
from fleets.vehicles.search import matching, vin_in

# What a request to the manufacturer's cloud consists of; all else is what people, programs and vehicles did.
TECHNICAL = (Kind.CHECKED, Kind.SENT, Kind.ANSWERED)
DEEDS = tuple(kind for kind in Kind if kind not in TECHNICAL)
# Vehicles and names that a search looks for one by one, along their indexes; of more it reads along the time.
MOST_VEHICLES = 500
MOST_NAMES = 200

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

# Each name that stands in the audit, from one to the next along audit_who: as many steps as there are names.
_NAMES = """
WITH RECURSIVE names (who) AS (
    (SELECT who FROM fleets_auditentry WHERE who <> 'FleetRemote' ORDER BY who LIMIT 1)
    UNION ALL
    SELECT (
        SELECT entry.who FROM fleets_auditentry entry
        WHERE entry.who <> 'FleetRemote' AND entry.who > names.who ORDER BY entry.who LIMIT 1
    )
    FROM names WHERE names.who IS NOT NULL
)
SELECT who FROM names WHERE position(lower(%s) IN lower(who)) > 0 LIMIT %s
"""


@dataclass(frozen=True)
class Wanted:
    """What is looked for; what is empty narrows nothing.

    `fleet_id`: None for all fleets, and what belongs to none. `who` is a part of a name of a person or API client,
    `vehicle` of a VIN, label or plate; `subject` is an id, whole. `since` counts, `until` does not.
    """

    fleet_id: int | None = None
    who: str = ""
    vehicle: str = ""
    kinds: tuple[str, ...] = ()
    remote_type: str = ""
    subject: str = ""
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True)
class Place:
    """The entry that a page begins after."""

    at: datetime
    pk: int

    @property
    def token(self) -> str:
        return f"{(self.at - _EPOCH) // timedelta(microseconds=1)}-{self.pk}"


@dataclass(frozen=True)
class AuditPage:
    """`older` is the token of the next page, empty on the last."""

    entries: list[AuditEntry]
    older: str


def read_token(token: str) -> Place | None:
    """Where a page begins; None for the first one, or where the token is broken."""
    at, _, pk = token.rpartition("-")
    try:
        return Place(_EPOCH + timedelta(microseconds=int(at)), int(pk) % 2**63)
    except (ValueError, OverflowError):
        return None


def audit_page(wanted: Wanted, token: str, size: int) -> AuditPage:
    """So many entries after the token: up to three statements."""
    entries = list(_after(found(wanted), read_token(token))[: size + 1])
    shown = entries[:size]
    return AuditPage(shown, _place(shown[-1]).token if len(entries) > size else "")


def all_found(wanted: Wanted, at_once: int) -> Iterator[list[AuditEntry]]:
    """All that match, so many a statement."""
    rows, place = found(wanted), None
    while entries := list(_after(rows, place)[:at_once]):
        yield entries
        place = _place(entries[-1])


def found(wanted: Wanted) -> QuerySet[AuditEntry]:
    """The entries that match, the newest first, without their bodies."""
    rows = AuditEntry.objects.order_by("-at", "-pk").defer("body")
    if wanted.fleet_id is not None:
        rows = rows.filter(fleet=wanted.fleet_id)
    if wanted.who:
        rows = rows.filter(_by(wanted))
    if wanted.vehicle:
        rows = rows.filter(_vehicles(wanted))
    if wanted.remote_type:
        rows = rows.annotate(type=KT("document__remoteType")).filter(type=wanted.remote_type, kind__in=TYPED_KINDS)
    if wanted.kinds:
        rows = rows.filter(kind__in=wanted.kinds)
    if wanted.subject:
        rows = rows.filter(subject=wanted.subject)
    if wanted.since is not None:
        rows = rows.filter(at__gte=wanted.since)
    if wanted.until is not None:
        rows = rows.filter(at__lt=wanted.until)
    return rows


def approvers(entries: Collection[AuditEntry]) -> dict[str, str]:
    """Who approved what was asked for, by its subject; one statement, none where nothing was asked for."""
    asked = [entry.subject for entry in entries if entry.kind == Kind.ASKED]
    if not asked:
        return {}
    approved: Any = AuditEntry.objects.filter(subject__in=asked, kind=Kind.OPERATED, document__what="approved")
    return dict(approved.values_list("subject", "who"))


def _by(wanted: Wanted) -> Q:
    names = _names(wanted.who)
    if wanted.who.lower() in SYSTEM.name.lower():
        names.append(SYSTEM.name)
    # Of so many names there is something to be found wherever one begins to read.
    by = Q(who__in=names) if len(names) <= MOST_NAMES else Q(who__icontains=wanted.who)
    if wanted.fleet_id is None:
        # Who failed to log in is nobody: the name that was tried stands elsewhere.
        by |= Q(subject=f"name {wanted.who}", kind=Kind.ENTERED, document__what=FAILED)
    return by


def _names(part: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(_NAMES, [part, MOST_NAMES + 1])
        return [name for (name,) in cursor.fetchall()]


def _vehicles(wanted: Wanted) -> Q:
    """Those of the fleet by a part of their names, and any by its VIN, since it may have gone elsewhere meanwhile."""
    rows = Vehicle.objects.order_by()
    if wanted.fleet_id is not None:
        rows = rows.filter(fleet=wanted.fleet_id)
    those = matching(rows, wanted.vehicle).values_list("pk", flat=True)
    some = list(those[: MOST_VEHICLES + 1])
    if len(some) > MOST_VEHICLES:
        return Q(vehicle__in=those)
    return Q(vehicle__in=[*some, *Vehicle.objects.filter(vin=vin_in(wanted.vehicle)).values_list("pk", flat=True)])


def _after(rows: QuerySet[AuditEntry], place: Place | None) -> QuerySet[AuditEntry]:
    if place is None:
        return rows
    return rows.filter(Q(at__lt=place.at) | Q(pk__lt=place.pk), at__lte=place.at)


def _place(entry: AuditEntry) -> Place:
    return Place(entry.at, entry.pk)
