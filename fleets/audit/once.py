"""Writes what comes again and again once in a span of time: one statement, which finds the earlier entry by itself."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb

from fleets.audit.entries import About, Actor
from fleets.models import AuditEntry
from fleets.storage import clock
from fleets.storage.sql import run_prepared
from protocol.storable import storable_text

# By the vehicle's entries or the actor's (audit_vehicle, audit_who), since then: few, however long the history is.
_INSERT = """
INSERT INTO fleets_auditentry
    (at, kind, subject, fleet_id, vehicle_id, who, user_id, api_client_id, origin, reason, document)
SELECT
    %(at)s::timestamptz, %(kind)s::text, %(subject)s::text, %(fleet)s::bigint, %(vehicle)s::bigint, %(who)s::text,
    %(user)s::integer, %(client)s::bigint, %(origin)s::text, '', %(document)s::jsonb
WHERE NOT EXISTS (
    SELECT FROM fleets_auditentry
    WHERE {narrow} AND at >= %(since)s::timestamptz AND kind = %(kind)s::text AND subject = %(subject)s::text
        AND user_id IS NOT DISTINCT FROM %(user)s::integer AND api_client_id IS NOT DISTINCT FROM %(client)s::bigint
)
RETURNING id
"""
_OF_VEHICLE = _INSERT.format(narrow="vehicle_id = %(vehicle)s::bigint")
_OF_ACTOR = _INSERT.format(narrow="who = %(who)s::text AND who <> 'FleetRemote'")


def record_once(
    kind: AuditEntry.Kind,
    about: About,
    since: datetime,
    *,
    actor: Actor,
    origin: AuditEntry.Origin,
    document: Mapping[str, Any],
) -> bool:
    """Write the entry unless this person or client has one of the kind about the subject since then; whether it did.

    Two at the same moment may write two. The document holds nothing secret.
    """
    values = {
        "at": clock.now(),
        "kind": str(kind),
        "subject": storable_text(about.subject),
        "fleet": about.fleet_id,
        "vehicle": about.vehicle_id,
        "who": storable_text(actor.name),
        "user": actor.user_id,
        "client": actor.api_client_id,
        "origin": str(origin),
        "document": Jsonb(dict(document)),
        "since": since,
    }
    return bool(run_prepared(_OF_ACTOR if about.vehicle_id is None else _OF_VEHICLE, values))
