"""What is said of a canonical payload, in the terms in which a caller of v1 has written it."""

from collections.abc import Mapping

from protocol.canonical.moving import Move, theirs_of
from protocol.catalogue import RemoteType
from protocol.v1.forms import form_of
from protocol.why import Value, Why


def in_own_terms(remote_type: RemoteType, why: Why) -> Why:
    """The same, each `path` in it as it stands in the body of POST …/remotes, and with v1's words for its values.

    A canonical path begins with v3's key (`door.forced` is `action.locking.forced` here); any other is left alone.
    """
    values = {
        name: in_own_terms(remote_type, item) if isinstance(item, Why) else item for name, item in why.values.items()
    }
    path = values.get("path")
    key, _, place = path.partition(".") if isinstance(path, str) else ("", "", "")
    if remote_type.v1 is None or key != remote_type.v3.key:
        return Why(why.code, **values)
    # Some tell the value beside the field: `immediate: true`.
    field, told, value = place.partition(": ")
    moves = form_of(remote_type).moves
    theirs = theirs_of(moves, field)
    whole = ".".join(part for part in ("action", remote_type.v1.key, theirs) if part)
    words = next((move.words for move in moves if isinstance(move, Move) and move.ours == field), {})
    return Why(why.code, **{**_worded(values, words), "path": whole + told + value})


def _worded(values: Mapping[str, Value], words: Mapping[str | bool, str | bool]) -> dict[str, Value]:
    """`value` and `allowed` (several, with commas between) with the dialect's words."""
    known = {_as_json(ours): _as_json(theirs) for ours, theirs in words.items()}
    return {
        name: ", ".join(known.get(one, one) for one in item.split(", "))
        if name in ("value", "allowed") and isinstance(item, str)
        else item
        for name, item in values.items()
    }


def _as_json(value: str | bool) -> str:
    return str(value).lower() if isinstance(value, bool) else value
