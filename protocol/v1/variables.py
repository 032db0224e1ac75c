"""v1's variables: those of a channel, and those in the Body attributes of a remote action."""

from collections.abc import Mapping, Sequence

from protocol.canonical.document import JsonObject
from protocol.errors import Invalid

# Of a channel's headers and query parameters, as the published file spells them.
CHANNEL = ("$Vin", "$ChannelId", "$ChannelLabel")
# Of a remote action's attributes. Examples print some of them with a small letter.
BODY = ("$RemoteType", "$RemoteStatus", "$RemoteLabel", "$Vin")

_KNOWN = {name.casefold() for name in BODY}


def check_body_variables(attributes: Sequence[JsonObject], place: str) -> None:
    """Raise Invalid for a value that begins with $ and is no variable of a remote action."""
    for number, attribute in enumerate(attributes):
        value = attribute["value"]
        if value.startswith("$") and value.casefold() not in _KNOWN:
            raise Invalid(f"{place}[{number}].value", f"begins with $ and is no variable; use one of {', '.join(BODY)}")


def resolve(attributes: Sequence[Mapping[str, str]], values: Mapping[str, str]) -> list[dict[str, str]]:
    """The attributes as they are sent, {key, value} each; `values` are those of BODY, by name."""
    known = {name.casefold(): value for name, value in values.items()}
    return [{"key": item["key"], "value": known.get(item["value"].casefold(), item["value"])} for item in attributes]
