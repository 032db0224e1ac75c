"""An example of each remote type in each dialect, made from the catalogue: the request, and the 202 that answers it."""

from collections.abc import Iterator
from dataclasses import dataclass

from protocol.canonical import JsonObject, Remote
from protocol.catalogue import REMOTE_TYPES, Command, RemoteType
from protocol.dialects import CODECS
from protocol.errors import Invalid
from protocol.examples import EXAMPLES

FLEET_ID = "9a1d4e6f8a0b1c2d5f0e2b7c"
VEHICLE_ID = "2b7c9a1d4e6f8a0b1c2d5f0e"
CALLBACK_ID = "7c1e9d6f0f1e7a2b3c4d5a4d"
ACTION_ID = "5f0e2b7c9a1d4e6f8a0b1c2d"
VIN = "VF3ABCDE0FG123456"
TIME = "2026-11-21T08:00:00.000Z"
HOST = "https://fleetremote.example.com"
LABEL = "night shift"

_V3 = f"{HOST}/connectedcar/v3/fleets/{FLEET_ID}"
_V1 = f"{HOST}/api/connectedcar/v1/accounts"
# By dialect: what leads to the links of an answer, and the path of the remotes themselves.
_REMOTES = {
    "v3": f"{_V3}/vehicles/{VEHICLE_ID}/callbacks/{CALLBACK_ID}/remotes",
    "v1": f"{_V1}/vehicles/{VEHICLE_ID}/channels/{CALLBACK_ID}/remotes",
}
_AROUND = {
    "v3": {"fleet": _V3, "callback": f"{_V3}/remote/callbacks/{CALLBACK_ID}"},
    "v1": {"channel": f"{_V1}/channels/{CALLBACK_ID}"},
}


@dataclass(frozen=True)
class Sample:
    """`request` is the body of POST …/remotes in the dialect, `answer` that of its 202."""

    dialect: str
    name: str
    title: str
    request: JsonObject
    answer: JsonObject


def samples_of(entry: RemoteType, dialect: str) -> list[Sample]:
    """One for each command and feature of the type; none where the dialect has no word for it."""
    return [sample for command in _commands(entry) if (sample := _sample(entry, command, dialect))]


def samples(dialect: str) -> Iterator[Sample]:
    """Those of every type."""
    for entry in REMOTE_TYPES.values():
        yield from samples_of(entry, dialect)


def other_bodies(entry: RemoteType, dialect: str) -> list[JsonObject]:
    """What else can be said in the type's payload, one difference a body."""
    shown = [command.payload for command in _commands(entry)]
    bodies = [_body(entry, payload, dialect) for payload in EXAMPLES[entry.name] if payload not in shown]
    return [body for body in bodies if body]


def _commands(entry: RemoteType) -> list[Command]:
    return [*entry.commands, *(feature for feature in entry.features if feature not in entry.commands)]


def _body(entry: RemoteType, payload: JsonObject, dialect: str, label: str | None = None) -> JsonObject | None:
    try:
        body: JsonObject = CODECS[dialect].encode_remote(Remote(entry, payload, label))
    except Invalid:
        return None
    return body


def _sample(entry: RemoteType, command: Command, dialect: str) -> Sample | None:
    request = _body(entry, command.payload, dialect, LABEL)
    if request is None:
        return None
    links = {**_AROUND[dialect], "remote": f"{_REMOTES[dialect]}/{ACTION_ID}"}
    answer = {
        "_links": {name: {"href": href} for name, href in links.items()},
        "remoteActionId": ACTION_ID,
        "type": CODECS[dialect].type_name(entry, command.payload),
    }
    return Sample(dialect, command.name, command.title, request, answer)
