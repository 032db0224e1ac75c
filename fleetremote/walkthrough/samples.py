"""What is sent between the dialects: every feature, and every field that only one of them has a place for.

Which fields those are is what the codecs say (protocol/codec.py); payloads with them are those of protocol/examples.py.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from fleetremote.walkthrough.apis import DialectApi
from fleetremote.walkthrough.features import Feature, JsonObject, features
from protocol.canonical import Remote, format_time
from protocol.canonical.moving import places, without
from protocol.canonical.travel import cannot_travel
from protocol.catalogue import REMOTE_TYPES
from protocol.dialects import CODECS, codec
from protocol.errors import Invalid
from protocol.examples import EXAMPLES

# What the wire says of a field that may not be left out.
_REQUIRED = "is required"


@dataclass(frozen=True)
class Sample:
    """One thing to send. `field`: the path in it that can't travel to the vehicle, by the canonical payload."""

    feature: Feature
    field: str = ""


def samples(api: DialectApi, vehicle: str) -> Iterator[Sample]:
    """What is sent over an API to a vehicle that the API of the dialect `vehicle` reaches.

    Every feature, also what the API has no word for; of the fields that only one dialect has, those that the API takes.
    """
    for feature in features():
        entry, payload = feature.remote_type, feature.payload
        error = cannot_travel(entry, payload, vehicle) or cannot_travel(entry, payload, api.dialect)
        yield Sample(feature, error.path if error else "")
    named: dict[str, Sample] = {}
    for name, payloads in examples(datetime.now(UTC)).items():
        for payload in payloads:
            for sample in _rich(name, payload, api.dialect, vehicle):
                named.setdefault(sample.feature.name, sample)
    yield from (sample for sample in named.values() if _takes(api, sample.feature))


def examples(now: datetime) -> dict[str, list[JsonObject]]:
    """By the type's name, the payloads with something that one of the dialects has no place for; times are to come."""
    later = format_time(now + timedelta(hours=9))
    return {
        name: [
            _at(later, payload)
            for payload in payloads
            if any(_without_place(name, payload, dialect) for dialect in CODECS)
        ]
        for name, payloads in EXAMPLES.items()
    }


def _at(later: str, value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    return {key: later if key == "nextDelayedTime" else _at(later, item) for key, item in value.items()}


def _rich(name: str, payload: JsonObject, api: str, vehicle: str) -> Iterator[Sample]:
    entry = REMOTE_TYPES[name]
    if cannot_travel(entry, payload, vehicle) is None and cannot_travel(entry, payload, api) is None:
        yield Sample(Feature(f"{name} ({_title(payload)})", entry, payload))
    for place in _without_place(name, payload, vehicle):
        alone = _alone(payload, place, name, api, vehicle)
        error = cannot_travel(entry, alone, vehicle)
        # There are values that say no more than their absence does.
        if error is not None:
            yield Sample(Feature(f"{name} ({place})", entry, alone), error.path)


def _takes(api: DialectApi, feature: Feature) -> bool:
    """Whether the feature can be said over the API."""
    try:
        codec(api.dialect).decode_remote(api.body(Remote(feature.remote_type, feature.payload, "")))
    except Invalid:
        return False
    return True


def _without_place(name: str, payload: JsonObject, dialect: str) -> list[str]:
    """The fields in the payload that the dialect has no place for."""
    return [place for place in codec(dialect).no_place(REMOTE_TYPES[name]) if any(True for _ in places(payload, place))]


def _alone(payload: JsonObject, place: str, name: str, api: str, vehicle: str) -> JsonObject:
    """The payload with no other field that has no place at the vehicle, but for what the API itself asks for."""
    for other in _without_place(name, payload, vehicle):
        if other == place:
            continue
        less = without(payload, other, lambda _value: True)
        error = cannot_travel(REMOTE_TYPES[name], less, api)
        if error is None or not error.message.startswith(_REQUIRED):
            payload = less
    return payload


def _title(payload: JsonObject) -> str:
    """The path of what stands in it, as far as there is one way only."""
    path, value = "", payload
    while isinstance(value, dict) and len(value) == 1:
        ((key, value),) = value.items()
        path = f"{path}.{key}" if path else key
    return path or ", ".join(payload)
