"""Writes the audit: one INSERT a call, in the caller's transaction. Secrets are masked on the way.

What must stay known whatever becomes of the caller (that something is about to be sent) is committed before it is done.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User

from fleets.models import ApiClient, AuditEntry
from fleets.storage import clock
from fleets.storage.rows import Rows
from gateways.interface import Exchange
from gateways.masking import Masking, mask_document
from protocol.storable import storable_text

Kind = AuditEntry.Kind
Origin = AuditEntry.Origin

_entries = Rows(AuditEntry, "entry")

# Bytes of a body that are kept.
MAX_BODY = 64 * 1024


@dataclass(frozen=True)
class Actor:
    """Who did it: a name as it is now, and whose it is."""

    name: str
    user_id: int | None = None
    api_client_id: int | None = None


SYSTEM = Actor("FleetRemote")


def person(user: User) -> Actor:
    full_name = user.get_full_name()
    return Actor(f"{full_name} ({user.username})" if full_name else user.username, user_id=user.pk)


def api_client(client: ApiClient) -> Actor:
    return Actor(f"{client.name} ({client.username})", api_client_id=client.pk)


@dataclass(frozen=True)
class About:
    """What an entry is about: primary keys of fleet and vehicle, and the public id of the remote action or the like."""

    subject: str
    fleet_id: int | None = None
    vehicle_id: int | None = None


def record(
    kind: AuditEntry.Kind,
    about: About,
    *,
    actor: Actor = SYSTEM,
    origin: AuditEntry.Origin = Origin.SYSTEM,
    reason: str = "",
    document: Mapping[str, Any] | None = None,
    body: bytes | None = None,
    body_length: int | None = None,
) -> None:
    """Write one entry. `document` is JSON; `body_length` is the length of a body of which only the beginning is given.

    A body is kept up to MAX_BODY bytes; `body` in the document then says how long it was.
    """
    kept = mask_document(_storable(dict(document or {})))
    if body is not None:
        masked = Masking().body(body)
        length = len(masked) if body_length is None else body_length
        body = masked[:MAX_BODY]
        if length > len(body):
            kept["body"] = {"length": length, "kept": len(body)}
    entry = AuditEntry(
        at=clock.now(),
        kind=kind,
        subject=storable_text(about.subject),
        fleet_id=about.fleet_id,
        vehicle_id=about.vehicle_id,
        who=storable_text(actor.name),
        user_id=actor.user_id,
        api_client_id=actor.api_client_id,
        origin=origin,
        reason=storable_text(reason),
        document=kept,
        body=body,
    )
    # Without the ORM's own way, since each sending writes four.
    _entries.insert(entry)


def record_exchange(about: About, exchange: Exchange, purpose: str) -> None:
    """Write what is about to be sent to a gateway, or what came of it: to be called by a gateway's observer.

    `purpose` says what the request is for, in a word of the caller's.
    """
    if exchange.duration is None:
        _record_request(about, exchange, {"purpose": purpose})
    else:
        _record_outcome(about, exchange, {"purpose": purpose, "milliseconds": round(exchange.duration * 1000)})


def _record_request(about: About, exchange: Exchange, document: dict[str, Any]) -> None:
    document |= {"request": f"{exchange.method} {exchange.url}", "headers": exchange.request_headers}
    record(Kind.SENT, about, document=document, body=exchange.request_body or None)


def _record_outcome(about: About, exchange: Exchange, document: dict[str, Any]) -> None:
    document["status"] = exchange.status
    if exchange.status is None:
        why = {"why": exchange.why.document()} if exchange.why else {}
        record(Kind.ANSWERED, about, document={**document, **why, "error": exchange.error})
        return
    document["headers"] = exchange.response_headers
    if exchange.said:
        document["said"] = exchange.said
    record(Kind.ANSWERED, about, document=document, body=exchange.response_body, body_length=exchange.response_length)


def record_operation(
    about: About,
    what: str,
    *,
    actor: Actor,
    origin: AuditEntry.Origin,
    reason: str,
    document: Mapping[str, Any] | None = None,
) -> None:
    """Write what somebody did to the works: paused, resumed or cancelled something, stopped every sending."""
    record(Kind.OPERATED, about, actor=actor, origin=origin, reason=reason, document={"what": what, **(document or {})})


def record_exported(
    about: About, what: str, *, actor: Actor, origin: AuditEntry.Origin, document: Mapping[str, Any] | None = None
) -> None:
    """Write that somebody took a list away; `document` says by which `filter`, and how many `rows`."""
    record(Kind.EXPORTED, about, actor=actor, origin=origin, document={"what": what, **(document or {})})


def _storable(value: Any) -> Any:
    """What PostgreSQL's JSON can't hold is written in another way, since an entry must never fail."""
    if isinstance(value, str):
        return storable_text(value)
    if isinstance(value, Mapping):
        return {storable_text(str(key)): _storable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_storable(item) for item in value]
    if value is None or isinstance(value, bool | int) or (isinstance(value, float) and math.isfinite(value)):
        return value
    return storable_text(str(value))
