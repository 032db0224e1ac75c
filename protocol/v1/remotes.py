"""The body of a remote action: Remote of connected-car-v1.yaml."""

from collections.abc import Mapping
from typing import Any

from protocol.canonical.document import MAX_LABEL, JsonObject
from protocol.canonical.remote import Remote
from protocol.catalogue import BY_V1_KEY, KEY_ALIASES, NAMES, REMOTE_TYPES, RemoteType
from protocol.errors import Invalid
from protocol.payloads import an_object
from protocol.schema import Schema, check, rename
from protocol.storable import check_storable
from protocol.v1.forms import FORMS, NAME, form_of
from protocol.v1.variables import check_body_variables

_ATTRIBUTES: Schema = {
    "type": "array",
    "maxItems": 50,
    "items": an_object(
        ("key", "value"),
        type={"type": "string", "enum": ["Body"]},
        key={"type": "string", "minLength": 1, "maxLength": 200},
        value={"type": "string", "maxLength": 2000},
    ),
}
_LABEL: Schema = {"type": "string", "maxLength": MAX_LABEL}
_EVENT_DATA: Schema = {
    "type": "array",
    "items": {
        "type": "string",
        "enum": [
            "vehicle.latestTelemetry",
            "vehicle.doorsState",
            "vehicle.maintenance",
            "vehicle.position",
            "vehicle.alerts.active",
            "vehicle.alarm",
        ],
    },
}
_BESIDE: dict[str, Schema] = {"label": _LABEL, "attributes": _ATTRIBUTES, "extendedEventParam": _EVENT_DATA}

_ACTIONS: dict[str, Schema] = {key: FORMS[entry.name].schema for key, entry in BY_V1_KEY.items()}

# Remote of connected-car-v1.yaml; the upper limits are ours.
REMOTE: Schema = {
    "type": "object",
    "required": ["action"],
    "properties": {
        **_BESIDE,
        "action": {
            "type": "object",
            "properties": _ACTIONS,
            "oneOf": [{"required": [key]} for key in _ACTIONS],
        },
    },
}


def decode_remote(body: object) -> Remote:
    """Read the body of POST …/remotes. Raises Invalid with the path of the field at fault.

    `extra` of what is read: `attributes` and `extendedEventParam`, and unknown fields beside them.
    """
    if not isinstance(body, dict):
        raise Invalid("", "the body must be a JSON object")
    check_storable(body)
    for name, schema in _BESIDE.items():
        if name in body:
            check(schema, body[name], name)
    check_body_variables(body.get("attributes", []), "attributes")
    _refuse_beside(body)
    remote_type, payload = _only_action(body.get("action"), "action" in body)
    extra = {name: value for name, value in body.items() if name not in ("label", "action")}
    return Remote(remote_type, payload, body.get("label"), extra)


def _refuse_beside(body: JsonObject) -> None:
    if "channelAttributes" in body:
        raise Invalid(
            "channelAttributes", "is not taken; give the attributes to the channel itself, or as Body ones here"
        )
    for name in body:
        if name.casefold() in NAMES or (name.casefold() == "action" and name != "action"):
            raise Invalid(name, "stands beside action; write it in action")


def _only_action(action: Any, given: bool) -> tuple[RemoteType, JsonObject]:
    if not given:
        raise Invalid("action", "is required")
    if not isinstance(action, dict):
        raise Invalid("action", "must be an object")
    for alias, name in _ALIASES.items():
        action = rename(action, alias, name, "action")
    if len(action) != 1 or not BY_V1_KEY.keys() & action.keys():
        stand = "stands" if len(action) == 1 else "stand"
        what = f"{' and '.join(action)} {stand} in it" if action else "none stands in it"
        raise Invalid("action", f"needs exactly one remote action, but {what}; use one of: {', '.join(BY_V1_KEY)}")
    ((key, payload),) = action.items()
    entry = BY_V1_KEY[key]
    return entry, form_of(entry).decode(payload, f"action.{key}")


# The misspelt keys of examples, for v1's right ones.
_ALIASES = {
    alias: entry.v1.key
    for alias in KEY_ALIASES
    for entry in REMOTE_TYPES.values()
    if entry.v1 and alias in entry.aliases
}


def encode_payload(remote_type: RemoteType, payload: JsonObject) -> JsonObject:
    """The canonical `payload` as v1 writes it.

    Raises Invalid, its path in terms of the canonical payload, where something in it has no place in v1.
    """
    return form_of(remote_type).encode(payload, remote_type.v3.key)


def encode_remote(remote: Remote) -> JsonObject:
    """The body of POST …/remotes. Raises Invalid with the canonical path of what v1 has no place for."""
    payload = encode_payload(remote.remote_type, remote.payload)
    for name in remote.extra:
        if name.casefold() in NAMES or name.casefold() == "action" or name in ("label", "channelAttributes"):
            raise Invalid(name, f"means something else in {NAME}; leave it out")
    return {**_beside(remote), "action": {_key(remote.remote_type): payload}}


def show_remote(remote: Remote) -> JsonObject:
    """`remote` in a remote action that is read, also where something in it has no place in v1: nothing is left out."""
    form = FORMS.get(remote.remote_type.name)
    payload = form.show(remote.payload) if form else remote.payload
    return {**_beside(remote), "action": {_key(remote.remote_type): payload}}


def type_name(remote_type: RemoteType, payload: Mapping[str, object]) -> str:
    """The RemoteType that stands in an answer. Raises Invalid where v1 has none for it."""
    wire = remote_type.v1
    if wire is None:
        raise Invalid(remote_type.v3.key, f"is no remote action of {NAME}")
    return next((name for part, name in wire.by_part.items() if part in payload), wire.type_name)


def _key(remote_type: RemoteType) -> str:
    return remote_type.v1.key if remote_type.v1 else remote_type.v3.key


def _beside(remote: Remote) -> JsonObject:
    label = {} if remote.label is None else {"label": remote.label}
    return {**label, **remote.extra}
