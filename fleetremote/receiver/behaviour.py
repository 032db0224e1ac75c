"""How the receiver answers: well, or as badly as it was told to."""

import random
from dataclasses import dataclass
from typing import Annotated, Any

import msgspec
from msgspec import Meta

_Status = Annotated[int, Meta(ge=200, le=599)]
_Share = Annotated[float, Meta(ge=0, le=1)]

# The codes with which a Retry-After means something.
_PUTTING_OFF = (429, 503)


class Behaviour(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`status` answers a notification, `fail_status` one that fails: the `fail_first`, and a share `fail_rate`.

    A share `cut` gets no answer: the connection is closed. `delay` is the seconds before any of it, `retry_after` the
    seconds that a 429 or 503 asks for. The same `seed` and order of requests fail alike.
    """

    status: _Status = 200
    fail_status: _Status = 500
    fail_first: Annotated[int, Meta(ge=0)] = 0
    fail_rate: _Share = 0.0
    cut: _Share = 0.0
    delay: Annotated[float, Meta(ge=0, le=3600)] = 0.0
    retry_after: Annotated[int, Meta(ge=0, le=1_000_000)] | None = None
    seed: int = 1


NAMES = Behaviour.__struct_fields__


def read(text: bytes) -> Behaviour:
    """A behaviour from JSON; what is absent is as at first. Raises ValueError that says what is wrong."""
    try:
        return msgspec.json.decode(text, type=Behaviour)
    except msgspec.MsgspecError as error:
        raise ValueError(f"{error}. What can be set: {', '.join(NAMES)}") from error


def from_options(options: dict[str, Any]) -> Behaviour:
    """A behaviour from the command line's options. Raises ValueError that says what is wrong."""
    return msgspec.convert({name: options[name] for name in NAMES if options[name] is not None}, type=Behaviour)


def as_json(behaviour: Behaviour) -> dict[str, Any]:
    return msgspec.structs.asdict(behaviour)


@dataclass(frozen=True)
class Turn:
    """What one request gets, after `delay` seconds; `status` None is a connection closed without an answer."""

    status: int | None
    delay: float
    headers: dict[str, str]


class Player:
    """Plays a behaviour, one request after the other."""

    def __init__(self, behaviour: Behaviour) -> None:
        self.play(behaviour)

    def play(self, behaviour: Behaviour) -> None:
        """Begin with this behaviour; the first requests are counted anew."""
        self.behaviour = behaviour
        self._random = random.Random(behaviour.seed)
        self._to_fail = behaviour.fail_first

    def turn(self) -> Turn:
        """What the next request gets."""
        wanted = self.behaviour
        # Both are drawn each time, so that changing one share leaves the other's choices as they were.
        cut, fails = (self._random.random() < share for share in (wanted.cut, wanted.fail_rate))
        if cut:
            return Turn(None, wanted.delay, {})
        if self._to_fail:
            self._to_fail -= 1
            fails = True
        status = wanted.fail_status if fails else wanted.status
        put_off = wanted.retry_after is not None and status in _PUTTING_OFF
        return Turn(status, wanted.delay, {"Retry-After": str(wanted.retry_after)} if put_off else {})
