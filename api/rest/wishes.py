"""How a client wishes an action to be sent: extensions of POST remotes."""

from dataclasses import replace
from datetime import timedelta

from rest_framework.request import Request

from api.rest.shapes import Schema
from fleets.words.durations import duration_of
from protocol.canonical import Remote
from protocol.errors import Invalid
from remotes.asking.ask import LONGEST_LIFE, MAX_REASON, Wishes

WISHES: dict[str, Schema] = {
    "timeToLive": {
        "type": "string",
        "description": "Extension: after this ISO 8601 duration, of a day at most, it is not sent any more.",
        "examples": ["PT5M"],
    },
    "whenAwake": {
        "type": "boolean",
        "description": "Extension: wait for the vehicle's next waking and spend no wake-up.",
    },
}


def read_wishes(request: Request, remote: Remote) -> tuple[Remote, Wishes]:
    """The remote as it goes upstream, without `timeToLive` and `whenAwake`, and the wishes with the `X-Reason` header.

    Raises Invalid with the path of the field at fault.
    """
    extra = dict(remote.extra)
    life = extra.pop("timeToLive", None)
    when_awake = extra.pop("whenAwake", False)
    if not isinstance(when_awake, bool):
        raise Invalid("whenAwake", "must be true or false")
    wishes = Wishes(None if life is None else _life(life), when_awake, read_reason(request))
    return replace(remote, extra=extra), wishes


def read_reason(request: Request) -> str:
    """Why the client asks, from its `X-Reason` header; empty without. Raises Invalid."""
    reason = _decoded(request.headers.get("X-Reason", "")).strip()
    if len(reason) > MAX_REASON or not reason.isprintable():
        raise Invalid("X-Reason", f"must be at most {MAX_REASON} printable characters")
    return reason


def _decoded(header: str) -> str:
    """Headers come to us as Latin-1; who sends UTF-8, as most do, is to be read by people as well."""
    try:
        return header.encode("latin-1").decode()
    except UnicodeError:
        return header


def _life(value: object) -> timedelta:
    duration = duration_of(value)
    if duration is None or not timedelta(seconds=1) <= duration <= LONGEST_LIFE:
        raise Invalid("timeToLive", "must be an ISO 8601 duration from a second to a day, such as PT5M")
    return duration
