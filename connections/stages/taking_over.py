"""Takes over the chosen fleets: all is read first, then the gateway, its fleets, vehicles and rights are written.

Nothing is half there: what can't be read, or does not fit, leaves everything as it was.
"""

import time
from collections.abc import Collection, Mapping
from contextlib import nullcontext
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from connections import codes, names
from connections.draft import account, entered, take_over
from connections.models import Connection
from connections.stages.pace import Pace
from connections.stages.stage import End
from connections.steps import Notes
from fleets.audit.doer import doer
from fleets.audit.entries import SYSTEM, About, Origin, record_operation
from fleets.audit.entries import person as by_person
from fleets.models import Fleet, FormerCredentials, Gateway, Membership, UpstreamFleet
from fleets.models.gateway import CREDENTIALS, PLACE
from fleets.people.approving import giving
from fleets.storage import clock
from fleets.sync import last_sync
from fleets.sync.reading import Reading, read_from
from fleets.sync.run import alone
from fleets.sync.storing import SyncResult, store
from protocol.why import SaysWhy, Why
from remotes.models import FleetRules

# Seconds between two looks that a page takes.
EVERY = 1.0


class Progress:
    """Says at times how far a reading is, which also keeps the lease."""

    def __init__(self, notes: Notes) -> None:
        self._notes = notes
        self._last = 0.0

    def tell(self, reading: Reading) -> None:
        if time.monotonic() - self._last >= EVERY:
            self._last = time.monotonic()
            self._notes.begin(names.SYNC, Why(codes.READING, vehicles=len(reading.vehicles)))


class _NotTaken(SaysWhy):
    """Why nothing is taken over."""


def take_over_fleets(notes: Notes) -> End:
    """Read the fleets that are wanted, and write all that belongs to them in one transaction."""
    connection = notes.connection
    if connection.wanted_fleets is None and not connection.takes_all_fleets:
        return End.CHOICE
    try:
        wanted = wanted_fleets(connection)
        notes.begin(names.SYNC)
        if connection.gateway is None:
            _check_is_other_account(connection)
            result = _take_over(notes, wanted)
        else:
            with alone(connection.gateway) as is_alone:
                if not is_alone:
                    raise _NotTaken(Why(codes.BUSY))
                result = _take_over(notes, wanted)
    except _NotTaken as error:
        notes.end(names.SYNC, False, error.why)
        return End.FAILED
    values = {"fleets": len(wanted), "vehicles": result.vehicles, "new": result.new}
    left = len(result.left_out)
    why = Why(codes.TAKEN_OVER_BUT, left=left, **values) if left else Why(codes.TAKEN_OVER, **values)
    notes.end(names.SYNC, True, why)
    return End.DONE


def _check_is_other_account(connection: Connection) -> None:
    """An account of v1 has one channel of ours: two gateways would take it from each other, again and again."""
    same = Gateway.objects.filter(
        dialect=Gateway.Dialect.V1, base_url=connection.base_url, client_id=connection.client_id
    ).first()
    if connection.dialect == Gateway.Dialect.V1 and same is not None:
        raise _NotTaken(Why(codes.SAME_ACCOUNT, name=same.name))


def wanted_fleets(connection: Connection) -> dict[str, str]:
    """Upstream fleets by id with the fleet of ours that each goes into, empty for a new one. Raises where none is."""
    listed = {item["id"] for item in connection.found_fleets}
    wanted: Mapping[str, str] = connection.wanted_fleets or {}
    if connection.takes_all_fleets:
        return {fleet_id: wanted.get(fleet_id, "") for fleet_id in sorted(listed)}
    for fleet_id in wanted:
        if fleet_id not in listed:
            told = ", ".join(sorted(listed)[:20]) or "-"
            raise _NotTaken(Why(codes.FLEET_NOT_LISTED, fleet=fleet_id, listed=told))
    if not wanted:
        raise _NotTaken(Why(codes.NO_FLEETS_WANTED))
    return dict(wanted)


def _take_over(notes: Notes, wanted: Mapping[str, str]) -> SyncResult:
    connection, since = notes.connection, clock.now()
    reading = _read(notes, wanted)
    try:
        with transaction.atomic():
            return _write(connection, wanted, reading, since)
    except IntegrityError:
        # Somebody else is at the same vehicles; nothing is written.
        raise _NotTaken(Why(codes.BUSY)) from None


def _read(notes: Notes, wanted: Collection[str]) -> Reading:
    """All of it; a cloud that asks to slow down is read again, more slowly."""
    used, pace = account(notes.connection), Pace()
    while True:
        reading = read_from(lambda: pace.client(used), wanted, Progress(notes).tell)
        if not reading.problems:
            return reading
        pause = pace.slow_down()
        if pause is None:
            raise _NotTaken(Why(codes.NOT_READ, why=reading.problems[0]))
        notes.begin(names.SYNC, Why(codes.SLOWING_DOWN, seconds=round(pause)))
        time.sleep(pause)


def _write(connection: Connection, wanted: Mapping[str, str], reading: Reading, since: datetime) -> SyncResult:
    _check_unchanged(connection)
    gateway = _gateway(connection)
    for fleet_id, into in wanted.items():
        if fleet_id in reading.fleets:
            _place(gateway, fleet_id, reading.fleets[fleet_id], into, connection.time_zone)
    last_sync.begin(gateway, since)
    result = store(gateway, reading, since)
    last_sync.end(gateway, reading, result)
    _grant(connection, Fleet.objects.filter(upstream_fleets__gateway=gateway, upstream_fleets__upstream_id__in=wanted))
    connection.gateway, connection.api_client = gateway, None
    connection.save(update_fields=["gateway", "api_client", "is_draft", *CREDENTIALS, "updated_at"])
    return result


def _check_unchanged(connection: Connection) -> None:
    """Only what was tested is taken over: somebody may have entered or removed something meanwhile."""
    now = Connection.objects.select_for_update(of=("self",)).filter(pk=connection.pk).first()
    tested = (connection.gateway_id, connection.is_draft, connection.wanted_fleets, entered(connection))
    if now is None or (now.gateway_id, now.is_draft, now.wanted_fleets, entered(now)) != tested:
        raise _NotTaken(Why(codes.CHANGED))


def _grant(connection: Connection, fleets: QuerySet[Fleet]) -> None:
    """Once for each choice: rights that are taken away later do not come back with a check."""
    people = list(connection.managers.all())
    for fleet in fleets if people or connection.api_client else ():
        # A worker does what an admin has chosen: it is they who give it.
        with giving(connection.chosen_by_id) if doer() is None else nullcontext():
            for person in people:
                values = {"role": Membership.Role.MANAGER}
                Membership.objects.update_or_create(user=person, fleet=fleet, defaults=values)
        if connection.api_client is not None:
            connection.api_client.fleets.add(fleet)
        document = {
            "connection": connection.name,
            "managers": [person.get_username() for person in people],
            "apiClient": connection.api_client.client_id if connection.api_client else None,
        }
        actor = by_person(connection.asked_by) if connection.asked_by else SYSTEM
        about = About(fleet.public_id, fleet.pk)
        what = "gave rights when it was taken over"
        record_operation(about, what, actor=actor, origin=Origin.SYSTEM, reason="", document=document)
    connection.managers.clear()


def _gateway(connection: Connection) -> Gateway:
    """The row as it is now, with what was entered where that was tested."""
    gateway = Gateway(name=connection.name)
    if connection.gateway is not None:
        gateway = Gateway.objects.select_for_update().get(pk=connection.gateway.pk)
    if connection.is_draft:
        _keep_former(gateway)
        take_over(connection, gateway)
    gateway.takes_all_fleets = connection.takes_all_fleets
    gateway.save()
    return gateway


def _keep_former(gateway: Gateway) -> None:
    """What was in use until now can be taken back, as long as the cloud takes it."""
    if gateway._state.adding:
        return
    kept = {name: getattr(gateway, name) for name in (*PLACE, *CREDENTIALS)}
    FormerCredentials.objects.update_or_create(gateway=gateway, defaults={**kept, "replaced_at": clock.now()})


def _place(gateway: Gateway, upstream_id: str, name: str, into: str, zone: str) -> None:
    """The upstream fleet's place here, made where it has none yet; where it has one, it stays there."""
    if UpstreamFleet.objects.filter(gateway=gateway, upstream_id=upstream_id).exists():
        return
    if into:
        fleet = Fleet.objects.filter(public_id=into).first()
        if fleet is None:
            raise _NotTaken(Why(codes.FLEET_UNKNOWN, fleet=into))
        if UpstreamFleet.objects.filter(gateway=gateway, fleet=fleet).exists():
            raise _NotTaken(Why(codes.FLEET_TAKEN, fleet=fleet.name))
    else:
        fleet = Fleet.objects.create(name=name)
        if zone:
            FleetRules.objects.create(fleet=fleet, time_zone=zone)
    UpstreamFleet.objects.create(gateway=gateway, fleet=fleet, upstream_id=upstream_id)
