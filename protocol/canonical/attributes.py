"""Attributes of a webhook: headers, query parameters and body entries that a subscriber wants with each request.

A value that begins with `$` is a variable, filled in when a request is made (RemoteAttribute of fleet-owner-v3.yaml).
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from protocol.canonical.document import JsonObject
from protocol.canonical.secret_names import MASK, is_secret_name, looks_secret
from protocol.canonical.targets import encoded
from protocol.errors import Invalid

VARIABLES = ("$vin", "$callbackID", "$remoteType", "$fleetID")
# v1's, and what they are here; only v1 has the label.
_SPELLINGS = {"$Vin": "$vin", "$ChannelId": "$callbackID", "$ChannelLabel": "$channelLabel"}
_OF_ONE_EVENT = {"$vin", "$remoteType"}
# In small letters, as v1 takes them in any case; the last two are those of an action's attributes.
_VARIABLES = {name.casefold() for name in (*VARIABLES, *_SPELLINGS, "$channelLabel", "$RemoteStatus", "$RemoteLabel")}

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110, 5.6.2
_VISIBLE = "".join(map(chr, range(0x21, 0x7F))).replace("%", "")
_LONGEST_VALUE = 1000
# Hop-by-hop, about the body or the connection, or our own.
_RESERVED = {
    *("host", "date", "via", "expect", "te", "trailer", "upgrade", "transfer-encoding", "connection", "keep-alive"),
    *("content-length", "content-type", "content-encoding", "accept-encoding", "http2-settings"),
    *("webhook-id", "webhook-timestamp", "webhook-signature"),
}


@dataclass(frozen=True)
class Variables:
    """What the variables stand for in one request; of several vehicles or types, each once, joined by commas."""

    callback_id: str
    fleet_id: str
    vins: Sequence[str]
    remote_types: Sequence[str]
    channel_label: str = ""

    def resolve(self, value: str) -> str:
        """What is sent for `value`: itself, unless it is a variable."""
        match _SPELLINGS.get(value, value):
            case "$vin":
                return _joined(self.vins)
            case "$remoteType":
                return _joined(self.remote_types)
            case "$callbackID":
                return self.callback_id
            case "$fleetID":
                return self.fleet_id
            case "$channelLabel":
                return self.channel_label
        return value


def check_attributes(attributes: Sequence[JsonObject], place: str, names: Sequence[str] = VARIABLES) -> None:
    """Raise Invalid for an unknown variable, or what can't stand in a header. `place` is the path of the list.

    `names`: the variables as they are called where the attributes come from.
    """
    for number, attribute in enumerate(attributes):
        fault = _variable_fault(attribute, names) or (
            _header_fault(attribute) if attribute["type"] == "Header" else None
        )
        if fault:
            field, words = fault
            raise Invalid(f"{place}[{number}].{field}", words)


def is_variable(value: str) -> bool:
    """Whether something else is sent in place of this value, so that it is no secret itself."""
    return value.casefold() in _VARIABLES


def is_secret(attribute: JsonObject) -> bool:
    """Whether the value may be a credential: nobody is shown it again, not even who gave it.

    Every value of a header is, and one of the query or the body whose key or look says so; a variable is none.
    """
    value = str(attribute.get("value") or "")
    if not value or is_variable(value):
        return False
    return attribute.get("type") == "Header" or is_secret_name(str(attribute.get("key", ""))) or looks_secret(value)


def masked(attribute: JsonObject) -> JsonObject:
    """The attribute as it may be shown: MASK in place of a secret value. What else it holds stays."""
    return {**attribute, "value": MASK} if is_secret(attribute) else attribute


def headers(attributes: Iterable[JsonObject], variables: Variables) -> list[tuple[str, str]]:
    """The names and values of the headers. One that was kept without being checked and can't be sent is left out."""
    found = [attribute for attribute in _of_type("Header", attributes) if _header_fault(attribute) is None]
    return [(attribute["key"], _header_value(attribute["value"], variables)) for attribute in found]


def target(target: str, attributes: Iterable[JsonObject], variables: Variables) -> str:
    """The address to post to, in ASCII, with the query attributes behind the query that it has; without fragment."""
    address = encoded(target)
    pairs = [
        f"{_quoted(attribute['key'])}={_quoted(variables.resolve(attribute['value']))}"
        for attribute in _of_type("Query", attributes)
    ]
    if not pairs:
        return address
    before, _, query = address.partition("?")
    return f"{before}?{'&'.join(filter(None, [query.removesuffix('&'), *pairs]))}"


def body_pairs(attributes: Iterable[JsonObject], variables: Variables) -> list[dict[str, str]]:
    """The `attributes` of the body: {key, value} (RemoteEvents of fleet-owner-v3-webhook.yaml)."""
    return [
        {"key": attribute["key"], "value": variables.resolve(attribute["value"])}
        for attribute in _of_type("Body", attributes)
    ]


def v1_variable(value: str) -> str | None:
    """How v1 spells what is a variable in v3; None where it has none like it."""
    spelled = {ours: theirs for theirs, ours in _SPELLINGS.items()}
    return spelled.get(value, value if value in _SPELLINGS else None)


def never_batched(attributes: Iterable[JsonObject]) -> bool:
    """Whether each event needs its own request, since a header or query parameter says its vehicle or type."""
    return any(
        attribute["type"] != "Body" and _SPELLINGS.get(attribute["value"], attribute["value"]) in _OF_ONE_EVENT
        for attribute in attributes
    )


def _of_type(name: str, attributes: Iterable[JsonObject]) -> list[JsonObject]:
    return [attribute for attribute in attributes if attribute["type"] == name]


def _joined(values: Sequence[str]) -> str:
    return ",".join(filter(None, dict.fromkeys(values)))


def _quoted(text: str) -> str:
    return quote(text, safe="", errors="replace")


def _header_value(value: str, variables: Variables) -> str:
    if not value.startswith("$"):
        return value
    return quote(variables.resolve(value), safe=_VISIBLE, errors="replace")[:_LONGEST_VALUE]


def _variable_fault(attribute: JsonObject, names: Sequence[str]) -> tuple[str, str] | None:
    value = attribute["value"]
    if not value.startswith("$") or value in VARIABLES or value in _SPELLINGS:
        return None
    return "value", f"begins with $ and is no variable; use one of {', '.join(names)}"


def _header_fault(attribute: JsonObject) -> tuple[str, str] | None:
    key, value = attribute["key"], attribute["value"]
    if not _TOKEN.fullmatch(key):
        return "key", "is no name of a header; use letters, digits and hyphens, such as X-Vehicle-Id"
    if key.lower() in _RESERVED or key.lower().startswith("proxy-"):
        return "key", f"{key} is set by FleetRemote itself; use a name of your own, such as X-Vehicle-Id"
    if not value.isascii() or not value.isprintable() or value != value.strip():
        return "value", "can't stand in a header; use ASCII characters on one line, with no space at either end"
    return None
