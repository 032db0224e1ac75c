"""The body of a remote action: Remote of fleet-owner-v3.yaml."""

from collections.abc import Mapping

from protocol.canonical.document import MAX_LABEL, JsonObject
from protocol.canonical.remote import Remote
from protocol.catalogue import BY_V3_KEY, KEY_ALIASES, NAMES, REMOTE_TYPES, RemoteType
from protocol.errors import Invalid
from protocol.schema import check, rename, respell
from protocol.storable import check_storable
from protocol.v3.forms import encode_payload


def decode_remote(body: object) -> Remote:
    """Read the body of POST …/remotes. Raises Invalid with the path of the field at fault.

    Exactly one known key must stand in it; unknown fields beside it are kept in `extra`.
    """
    if not isinstance(body, dict):
        raise Invalid("", "the body must be a JSON object")
    check_storable(body)
    for alias, name in KEY_ALIASES.items():
        body = rename(body, alias, name)
    key = _only_key(body)
    label = body.get("label")
    if "label" in body:
        check(_LABEL, label, "label")
    remote_type = BY_V3_KEY[key]
    payload = respell(remote_type.schema, body[key], key)
    check(remote_type.schema, payload, key)
    extra = {name: value for name, value in body.items() if name not in (key, "label")}
    for name in extra:
        if name.casefold() in NAMES:
            raise Invalid(name, f"stands beside {key}; one remote action a body")
    return Remote(remote_type, payload, label, extra)


_LABEL = {"type": "string", "maxLength": MAX_LABEL}


def _only_key(body: JsonObject) -> str:
    found = [key for key in body if key in BY_V3_KEY]
    if len(found) != 1:
        known = ", ".join(entry.v3.key for entry in REMOTE_TYPES.values())
        what = f"{' and '.join(found)} stand in it" if found else "none stands in it"
        raise Invalid("", f"exactly one remote action a body, but {what}; use one of these keys: {known}")
    return found[0]


def type_name(remote_type: RemoteType, _payload: Mapping[str, object]) -> str:
    """The RemoteType that stands in an answer and a notification."""
    return remote_type.v3.type_name


def encode_remote(remote: Remote) -> JsonObject:
    """The body of POST …/remotes. Raises Invalid with the canonical path of what v3 has no place for."""
    body = _beside(remote)
    strangers = [name for name in remote.extra if name.casefold() in NAMES or name == "label"]
    if strangers:
        raise Invalid(strangers[0], f"stands beside {remote.remote_type.v3.key}; one remote action a body")
    return {**body, remote.remote_type.v3.key: encode_payload(remote.remote_type, remote.payload), **remote.extra}


def show_remote(remote: Remote) -> JsonObject:
    """`remote` in a remote action that is read, also where something in it has no place in v3: nothing is left out."""
    return {**_beside(remote), remote.remote_type.v3.key: remote.payload, **remote.extra}


def _beside(remote: Remote) -> JsonObject:
    return {} if remote.label is None else {"label": remote.label}
