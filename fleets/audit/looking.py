"""Writes who saw where a vehicle is, or all of a fleet: a person once an hour, an API client once a day.

A look that can't be written, since the database takes nothing just now, is logged and shown all the same: who looks for
a vehicle may need it at once.
"""

import logging
from collections.abc import Mapping
from datetime import datetime

from django.db import DatabaseError, connection

from fleets.audit.entries import About, Actor, Kind, Origin, api_client
from fleets.audit.once import record_once
from fleets.models import ApiClient, AuditEntry, Fleet, Vehicle
from fleets.storage import clock

logger = logging.getLogger("fleetremote.audit")

SAW = "saw its position"
SAW_ALL = "saw where its vehicles are"


def saw_position(vehicle: Vehicle, actor: Actor, origin: AuditEntry.Origin) -> None:
    """A person was shown where the vehicle is."""
    _write(*_of(vehicle), actor, origin, clock.now().replace(minute=0, second=0, microsecond=0))


def saw_positions(fleet: Fleet, actor: Actor, origin: AuditEntry.Origin) -> None:
    """A person was shown where the fleet's vehicles are, as far as they see them."""
    about, document = About(fleet.public_id, fleet.pk), {"what": SAW_ALL, "fleet": str(fleet)}
    _write(about, document, actor, origin, clock.now().replace(minute=0, second=0, microsecond=0))


def client_saw_position(vehicle: Vehicle, client: ApiClient) -> None:
    """An API client was told where the vehicle is."""
    since = clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
    _write(*_of(vehicle), api_client(client), Origin.API, since)


def _of(vehicle: Vehicle) -> tuple[About, dict[str, str]]:
    about = About(vehicle.public_id, vehicle.fleet_id, vehicle.pk)
    return about, {"what": SAW, "vin": vehicle.vin, "vehicle": str(vehicle)}


def _write(about: About, document: Mapping[str, str], actor: Actor, origin: AuditEntry.Origin, since: datetime) -> None:
    try:
        record_once(Kind.LOOKED, about, since, actor=actor, origin=origin, document=document)
    except DatabaseError as error:
        # In a transaction nothing can be done after it.
        if connection.in_atomic_block:
            raise
        whose = document.get("vin", about.subject)
        logger.error(
            "%s %s of %s, which could not be written into the audit: %s", actor.name, document["what"], whose, error
        )
