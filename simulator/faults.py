"""Faults that can be switched on: how likely each is, and a repeatable draw for each occasion."""

from typing import Annotated

import msgspec

from protocol.canonical import MAX_WORD
from protocol.statuses import GENERAL_ERROR
from simulator.clock import chance

_Share = float


class Faults(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The probability (0 to 1) of each fault; with the same `seed` and the same doings the same faults occur.

    Notifications: `duplicates` are posted twice, `reorder` lets later ones overtake, `late` comes 20 to 60 seconds
    late (divided by the speed), `lost_done` never posts a Done, `orphan` posts one more with empty ids. `before_202`
    lets the first notification overtake the answer. Answers of the API: `429` and `500` and `html_502` instead of
    doing anything, `cut_before` and `cut_after` break the connection before and after it was done, `timeout_before`
    and `timeout_after` leave the client without an answer, `slow` waits 1 to 5 seconds of simulated time.
    Vehicles: an action that `fails` is not carried out and ends with `cause`, any word, also one that no API has yet.
    Tokens of v1: `no_token` answers 503 in place of one.
    """

    seed: int = 1
    duplicates: _Share = 0.0
    reorder: _Share = 0.0
    late: _Share = 0.0
    lost_done: _Share = 0.0
    orphan: _Share = 0.0
    before_202: _Share = 0.0
    too_many_requests: _Share = msgspec.field(default=0.0, name="429")
    server_error: _Share = msgspec.field(default=0.0, name="500")
    html_502: _Share = 0.0
    cut_before: _Share = 0.0
    cut_after: _Share = 0.0
    timeout_before: _Share = 0.0
    timeout_after: _Share = 0.0
    slow: _Share = 0.0
    no_token: _Share = 0.0
    fails: _Share = 0.0
    cause: Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_WORD)] = GENERAL_ERROR

    def __post_init__(self) -> None:
        for name in self.__struct_fields__:
            if name not in ("seed", "cause") and not 0.0 <= getattr(self, name) <= 1.0:
                raise ValueError(f"{name} must be between 0 and 1")

    def strikes(self, fault: str, *occasion: object) -> bool:
        """Whether `fault` (a field's name) happens on this occasion."""
        likely: float = getattr(self, fault)
        return likely > 0.0 and chance(self.seed, fault, *occasion) < likely

    def amount(self, fault: str, least: float, most: float, *occasion: object) -> float:
        """A number between `least` and `most` for this occasion."""
        return least + chance(self.seed, fault, "amount", *occasion) * (most - least)


def read(text: str | bytes) -> Faults:
    """Faults from JSON. Raises msgspec.ValidationError (a ValueError) that names what is wrong."""
    return msgspec.json.decode(text, type=Faults)


def write(faults: Faults) -> str:
    """Faults as JSON."""
    return msgspec.json.encode(faults).decode()


def from_options(options: list[str], seed: int) -> Faults:
    """Faults from the command line: `duplicates=0.1` each, a share of 1 where none is said.

    Raises ValueError for one that is not known.
    """
    pairs: dict[str, str] = {}
    for option in options:
        name, _, share = option.partition("=")
        pairs[name] = share or "1"
    return msgspec.convert({"seed": seed, **pairs}, type=Faults, strict=False)
