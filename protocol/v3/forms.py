"""What v3 has no place for in each remote type; what stays is the canonical form."""

from protocol.canonical.document import JsonObject
from protocol.canonical.form import Form, NoPlace
from protocol.catalogue import REMOTE_TYPES, RemoteType

NAME = "Fleet Owner v3"

_CHARGING_PROGRAM = (
    "chargeToFull",
    "minSOC",
    "targetSOC",
    "minChargingLevel",
    "maxChargingLevel",
    "chargeType",
    "actionsType",
)

_NO_PLACE = {
    "Preconditioning": (NoPlace("airConditioning.programs[].temp"), NoPlace("airConditioning.settings")),
    "Charging": (
        *(NoPlace(f"schedule.programs[].{key}") for key in _CHARGING_PROGRAM),
        NoPlace("deferred", but_for="start.immediate alone, which goes as immediate"),
    ),
    "Navigation": (NoPlace("positions[].properties", but_for="one that holds nothing"),),
}

FORMS: dict[str, Form] = {
    name: Form(NAME, entry.schema, no_place=_NO_PLACE.get(name, ())) for name, entry in REMOTE_TYPES.items()
}


def encode_payload(remote_type: RemoteType, payload: JsonObject) -> JsonObject:
    """The canonical `payload` as v3 writes it.

    Raises Invalid, its path in terms of the canonical payload, where something in it has no place in v3.
    """
    if remote_type.name == "Charging":
        payload = _started_at_once(payload)
    return FORMS[remote_type.name].encode(payload, remote_type.v3.key)


def _started_at_once(payload: JsonObject) -> JsonObject:
    """`deferred {start: {immediate}}`, with which v1 starts and stops a charge, as `immediate`."""
    start = payload.get("deferred", {}).get("start") if isinstance(payload.get("deferred"), dict) else None
    flag = start.get("immediate") if isinstance(start, dict) else None
    if not isinstance(flag, bool) or payload["deferred"] != {"start": {"immediate": flag}} or "immediate" in payload:
        return payload
    return {**{key: value for key, value in payload.items() if key != "deferred"}, "immediate": flag}


def no_place(remote_type: RemoteType) -> tuple[str, ...]:
    """The fields of the canonical payload that v3 has no place for; of a type that it lacks, none are told."""
    form = FORMS.get(remote_type.name)
    return tuple(item.place for item in form.no_place) if form else ()
