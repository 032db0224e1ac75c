"""Lists of remote actions that lie: each hides an action that the second cloud has taken and whose answer was lost."""

from dataclasses import dataclass
from typing import Any

from protocol.catalogue import REMOTE_TYPES

NO_CRASH = "no crash"
KILLED = ("worker killed before the request", "worker killed after the request", "worker killed before the commit")

LIE_TYPES: dict[str, dict[str, Any]] = {
    name: {entry.v3.key: dict(entry.features[0].payload)} for name, entry in REMOTE_TYPES.items()
}
"""Every type that there is, with what it does first of all, as the body of a remote action."""

ANSWERS = ("cut", "silent", "500", "501 page", "a web page", "unreadable")
"""What becomes of the answer, by turns."""


@dataclass(frozen=True)
class Lie:
    """`name` is the second cloud's word for it. Times as parts of what lists are always allowed to lag.

    `known`: another action of the vehicle is known to be in the list. `notified`: else nothing is ever notified.
    """

    name: str = ""
    lag: float = 0.0
    late: float = 0.0
    known: bool = True
    notified: bool = False
    crashes: tuple[str, ...] = (NO_CRASH, *KILLED)


LIES: dict[str, Lie] = {
    "list lags as long as it may": Lie("lags", lag=0.9),
    # A lag is learnt from look-ups while it lasts; here a lease is so long that none would come.
    "list lags longer than ever": Lie("lags", lag=2.0, crashes=(NO_CRASH,)),
    "taken in as late as may be": Lie(late=0.9),
    "{} for a list": Lie("is nothing"),
    "a number, and no list": Lie("has no list"),
    "fewer than it says": Lie("says more than it shows"),
    "no labels": Lie("has no labels"),
    "labels cut short": Lie("cuts its labels"),
    "empty": Lie("is empty"),
    "empty, and nothing else is known": Lie("is empty", known=False),
    "left out, but notified": Lie("leaves out", notified=True),
    "another vehicle's list": Lie("is of another vehicle"),
    "its first page twice": Lie("repeats its page"),
    "404 for its second page": Lie("breaks off"),
    "404 for the list": Lie("is gone"),
    "HTML 200": Lie("is a web page"),
}


def another_type(type: str) -> dict[str, Any]:
    """What is asked for before, so that something is known to be in the list."""
    return LIE_TYPES["Horn" if type == "Lights" else "Lights"]
