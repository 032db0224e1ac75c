"""What is left of an entry of the audit once a person or a vehicle is erased.

Of a person's entries all stays but the names. Of a vehicle's, what somebody can be held to account for: who, when,
which remote type, how it was checked and ended; payloads, bodies, labels and whatever has no name here go.
"""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from fleetremote.privacy.subjects import Car, Person, Subject
from fleets.audit.erasing import Left, left_as_it_is
from fleets.models import AuditEntry
from fleets.privacy.names import Renaming

# Members of documents that are words of ours or of the protocol, never a name: a person may be called like one.
_CODES = {"what", "of", "remoteType", "status", "state", "purpose", "code", "failureCause", "role", "proof"}
# Members of a vehicle's entries that stay: no texts of people, nothing about where it was or what it is called.
_KEPT = {
    *("vin", "remoteType", "expires", "attempt", "checks", "refused", "purpose", "request", "status", "milliseconds"),
    *("state", "failureCause", "why", "askedAgain", "what", "of", "error"),
}
_ERASED = {"erased": True}


def left_of(subject: Subject) -> Callable[[AuditEntry], Left]:
    """For fleets.audit.erasing.erase."""
    if isinstance(subject, Person):
        return lambda entry: _without_person(subject, entry)
    return lambda entry: _without_vehicle(subject, entry)


def _without_person(person: Person, entry: AuditEntry) -> Left:
    left, renaming = left_as_it_is(entry), person.renaming
    is_theirs, subject = entry.user_id == person.user.pk, left.subject
    is_their_name = subject.lower() == f"name {person.name}".lower()
    if is_their_name:
        subject = f"name {person.pseudonym}"
    document = _renamed(left.document, person, renaming)
    if is_theirs or is_their_name:
        # Where they logged in from.
        document.pop("address", None)
    return Left(
        renaming.text(subject),
        person.pseudonym if is_theirs else renaming.text(left.who),
        renaming.text(left.reason),
        document,
        left.body if left.body is None else renaming.body(left.body),
    )


def _renamed(value: Any, person: Person, renaming: Renaming, name: str = "") -> Any:
    """With the pseudonym for the names, and for a user name that is all of a text, where none of ours is meant."""
    if name in _CODES:
        return value
    if isinstance(value, dict):
        return {key: _renamed(item, person, renaming, key) for key, item in value.items()}
    if isinstance(value, list):
        return [_renamed(item, person, renaming, name) for item in value]
    if isinstance(value, str):
        return person.pseudonym if value.lower() == person.name.lower() else renaming.text(value)
    return value


def _without_vehicle(car: Car, entry: AuditEntry) -> Left:
    left, renaming = left_as_it_is(entry), car.renaming
    if entry.vehicle_id != car.vehicle.pk:
        return Left(
            left.subject,
            left.who,
            renaming.text(left.reason),
            _without_items(renaming.document(left.document), car.pseudonym),
            left.body if left.body is None else renaming.body(left.body),
        )
    kept = {name: item for name, item in left.document.items() if name in _KEPT}
    gone = _ERASED if len(kept) < len(left.document) or left.body is not None else {}
    again = {"erased": left.document["erased"]} if "erased" in left.document else {}
    if "request" in kept:
        kept["request"] = _at_cloud(car).sub(f"/{car.pseudonym}", kept["request"])
    reason = called(car).text(renaming.text(left.reason))
    return Left(left.subject, left.who, reason, renaming.document(kept) | again | gone, None)


def called(car: Car) -> Renaming:
    """What people call it, which counts in texts about it alone."""
    return Renaming(tuple(filter(None, [car.vehicle.label, car.vehicle.plate])), car.pseudonym)


def _at_cloud(car: Car) -> re.Pattern[str]:
    """What the cloud calls it, in the address of a request."""
    return re.compile(rf"/(?:{re.escape(car.vehicle.upstream_id)}|{quote(car.vehicle.upstream_id, safe='')})(?![\w.-])")


def _without_items(value: Any, pseudonym: str) -> Any:
    """Of lists about many vehicles, as of an import of labels, the item of this one keeps the VIN's place alone."""
    if isinstance(value, dict):
        if value.get("vin") == pseudonym:
            return {"vin": pseudonym, **_ERASED}
        return {name: _without_items(item, pseudonym) for name, item in value.items()}
    return [_without_items(item, pseudonym) for item in value] if isinstance(value, list) else value
