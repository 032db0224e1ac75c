"""Writes all that is kept about a person or a vehicle as one document in JSON, and that it was handed out."""

import json
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any, Protocol

from django.db.models import Field, Model

from fleetremote.privacy.bodies import is_alone
from fleetremote.privacy.catalogue import Table
from fleetremote.privacy.subjects import Car, Person, Subject, found
from fleets.audit.doer import command_line
from fleets.audit.entries import record_exported
from fleets.models import AuditEntry
from fleets.storage import clock
from fleets.storage.encryption import EncryptedJSONField, EncryptedTextField, SealedTextField, SecretBytes
from remotes.models import InboundRequest, RemoteEvent

# Columns that prove who somebody is, and what makes the audit's chain: no data about anybody.
_LEFT_OUT = {"password", "secret_hash", "digest", "seal", "session_hash", "request_digest"}
# Documents of which the rest proves who somebody is.
_ONLY = {"mfa.Authenticator": {"data": ("name",)}}
# Columns of what may be about many vehicles, as a batch.
_OF_MANY = {"body", "vins", "order_keys", "remote_action_ids"}
# Rows that are read at a time.
SLICE = 500


class Writes(Protocol):
    """A file of text, or what a command writes to."""

    def write(self, text: str, /) -> object: ...


def export(subject: Subject, to: Writes) -> int:
    """Write the document to `to`, table by table; gives how many rows it holds. The audit then says so."""
    rows = 0
    head = {"about": _about(subject), "madeAt": clock.now().isoformat()}
    to.write(json.dumps(head, ensure_ascii=False, indent=1)[:-2] + ',\n "tables": [')
    for place, (table, some) in enumerate(_tables(subject)):
        shown = {"table": table.model, "holds": table.holds, "kept": table.kept}
        to.write((",\n" if place else "\n") + json.dumps(shown, ensure_ascii=False)[:-1] + ', "rows": [')
        for number, row in enumerate(some):
            to.write((",\n  " if number else "\n  ") + json.dumps(row, ensure_ascii=False, default=str))
            rows += 1
        to.write("]}")
    to.write("\n ]\n}\n")
    by = command_line("privacy")
    what = f"all that is kept about a {_kind(subject)}"
    record_exported(subject.about, what, actor=by.actor, origin=by.origin, document={"rows": rows})
    return rows


def _kind(subject: Subject) -> str:
    return "person" if isinstance(subject, Person) else "vehicle"


def _about(subject: Subject) -> dict[str, str]:
    return {_kind(subject): subject.name}


def _tables(subject: Subject) -> Iterator[tuple[Table, Iterator[dict[str, Any]]]]:
    """Tables that have rows about it, or might."""
    for table, rows in found(subject):
        if isinstance(subject, Car) and table.model == InboundRequest._meta.label:
            yield table, _notifications(subject)
        elif table.person or table.name if isinstance(subject, Person) else table.vehicle or table.vin:
            yield table, (_row(row, subject) for row in rows.iterator(SLICE))


def _notifications(car: Car) -> Iterator[dict[str, Any]]:
    """Requests with events of it; the body only where it is about no other vehicle."""
    events = RemoteEvent.objects.filter(action__vehicle=car.vehicle) | RemoteEvent.objects.filter(vin=car.name)
    wanted = InboundRequest.objects.filter(pk__in=events.values("inbound_request_id")).order_by("pk")
    for request in wanted.iterator(SLICE):
        yield _row(request, car)


def _row(row: Model, subject: Subject) -> dict[str, Any]:
    fields = [field.attname for field in row._meta.concrete_fields if _is_told(field)]
    told = {name: _value(getattr(row, name)) for name in fields}
    for name, members in _ONLY.get(row._meta.label, {}).items():
        told[name] = {member: told[name][member] for member in members if member in told[name]}
    if isinstance(subject, Car) and isinstance(row, AuditEntry) and row.vehicle_id != subject.vehicle.pk:
        told["document"] = _only_about(row.document, subject.name)
    if isinstance(subject, Car) and "body" in told and not _is_alone(row, subject):
        told |= dict.fromkeys(_OF_MANY & told.keys(), "not told: other vehicles are in it")
    elif isinstance(getattr(row, "body", None), SecretBytes):
        told["body"] = "not told: it is encrypted, since a subscriber's secrets are in it"
    return told


def _only_about(value: Any, vin: str) -> Any:
    """Of lists about many vehicles, as of an import of labels, the items of this one."""
    if isinstance(value, dict):
        return {name: _only_about(item, vin) for name, item in value.items()}
    return [item for item in value if vin in json.dumps(item)] if isinstance(value, list) else value


def _is_told(field: Field) -> bool:
    is_secret = isinstance(field, EncryptedTextField | EncryptedJSONField | SealedTextField)
    return not is_secret and field.name not in _LEFT_OUT


def _is_alone(row: Any, car: Car) -> bool:
    """Whether the body is about this vehicle only; entries of the audit are about one."""
    return isinstance(row, AuditEntry) or is_alone(bytes(row.body), car.name)


def _value(value: Any) -> Any:
    """As JSON has it, readable; what it has no form for, as a number of decimals, becomes text."""
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, bytes | memoryview):
        return bytes(value).decode("utf-8", "replace")
    return value
