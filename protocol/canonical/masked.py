"""A document as it may be shown, without its secrets, and how what was shown comes back: the mask means “as it was”."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any

from protocol.canonical.attributes import is_secret, masked
from protocol.canonical.document import JsonObject
from protocol.canonical.secret_names import MASK
from protocol.canonical.targets import read_target
from protocol.errors import Invalid


def shown(document: Any, harmless: Collection[str] = ()) -> Any:
    """A JSON document with MASK in place of each secret value of an attribute, wherever one stands in it.

    An attribute is an object with `key` and `value`. `harmless` are values that are none, such as ids.
    """
    top = [document]
    # No recursion: what is nested deep may come from outside.
    waiting: list[Any] = [top]
    while waiting:
        inside = waiting.pop()
        for place, item in list(inside.items() if isinstance(inside, dict) else enumerate(inside)):
            if isinstance(item, dict):
                is_one = _is_attribute(item) and item["value"] not in harmless
                inside[place] = dict(masked(item) if is_one else item)
            elif isinstance(item, list):
                inside[place] = list(item)
            else:
                continue
            waiting.append(inside[place])
    return top[0]


def with_kept(webhook: JsonObject, before: JsonObject | None, place: str) -> JsonObject:
    """The webhook to be registered, with the secret that `before` has where it has the MASK.

    Both are `{target, attributes}`; `before` is what was registered, None where nothing was. The attribute of the same
    type and key is meant, of several like that the one at the same place among them. A secret stays with the host that
    it was given for, so that nobody reads it by having it sent to them. Raises Invalid, with `place` as the path of the
    webhook, for a mask that stands for nothing.
    """
    attributes: list[JsonObject] = webhook.get("attributes", [])
    if all(attribute["value"] != MASK for attribute in attributes):
        return webhook
    known = _by_name(before.get("attributes", ()) if before else ())
    elsewhere = before is not None and not same_host(webhook["target"], before["target"])
    found: list[JsonObject] = []
    for number, attribute in enumerate(attributes):
        former = next(known[_name(attribute)], None)
        if attribute["value"] == MASK:
            path = f"{place}.attributes[{number}].value"
            attribute = {**attribute, "value": _kept(former, path, elsewhere=elsewhere)}
        found.append(attribute)
    return {**webhook, "attributes": found}


def refuse_masks(attributes: Iterable[JsonObject], place: str) -> None:
    """Raise Invalid for a mask where no secret is known that it could stand for; `place` is the path of the list."""
    for number, attribute in enumerate(attributes):
        if attribute["value"] == MASK:
            _kept(None, f"{place}[{number}].value", elsewhere=False)


def same_host(one: str, other: str) -> bool:
    """Whether two targets are at the same scheme, host and port: who gets what is sent to one gets it at the other."""
    try:
        first, second = read_target(one), read_target(other)
    except Invalid:
        # Registered before there were these rules.
        return one == other
    return (first.scheme, first.host.lower(), first.port) == (second.scheme, second.host.lower(), second.port)


def _kept(former: JsonObject | None, path: str, *, elsewhere: bool) -> str:
    if former is None or not (is_secret(former) or former["value"] == MASK):
        raise Invalid(path, f"{MASK} stands for a secret that is registered already, and here is none; send the value")
    if elsewhere:
        raise Invalid(path, f"{MASK} keeps a secret for the host that it was given for, and this is another; send it")
    return str(former["value"])


def _by_name(attributes: Iterable[JsonObject]) -> dict[tuple[str, str], Any]:
    named: dict[tuple[str, str], list[JsonObject]] = defaultdict(list)
    for attribute in attributes:
        named[_name(attribute)].append(attribute)
    return defaultdict(lambda: iter(()), {name: iter(found) for name, found in named.items()})


def _name(attribute: JsonObject) -> tuple[str, str]:
    """Type and key, by which it is the same one; names of headers have no case."""
    kind, key = attribute["type"], attribute["key"]
    return kind, key.lower() if kind == "Header" else key


def _is_attribute(document: JsonObject) -> bool:
    return isinstance(document.get("key"), str) and isinstance(document.get("value"), str)
