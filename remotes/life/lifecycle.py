"""The life of a remote action as its events tell it, whatever the order in which they arrive.

The state is the greatest event by `order_key`, so that any order and any duplicates lead to the same one. The ingest
statement (remotes/intake/ingest.py) compares by the same key in SQL.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum

from protocol import statuses


class Stage(IntEnum):
    """A final event beats a pending one, and what upstream says beats an end of our own making."""

    NONE = 0
    PENDING = 1
    ENDED_BY_US = 2
    DONE = 3


@dataclass(frozen=True)
class Fact:
    """An event reduced to what orders it and what it says."""

    stage: Stage
    at: datetime
    rank: int
    status: str
    failure_cause: str | None = None
    feedback_detail: str | None = None


def fact(
    event_type: str, status: str, at: datetime, failure_cause: str | None = None, feedback_detail: str | None = None
) -> Fact:
    """The fact in an event from upstream; `at` is its event date, or when it was received if it has none."""
    stage = Stage.DONE if event_type == statuses.DONE else Stage.PENDING
    return Fact(stage, at, statuses.rank(event_type, status), status, failure_cause, feedback_detail)


def order_key(fact: Fact) -> tuple[int, datetime, int, str, str, str]:
    """Later dates win; at the same date the rank of the status decides, then its name, so that no tie is left."""
    return (fact.stage, fact.at, fact.rank, fact.status, fact.failure_cause or "", fact.feedback_detail or "")


def fold(facts: Iterable[Fact]) -> Fact | None:
    """The fact that the action's status shows, None when there is none."""
    return max(facts, key=order_key, default=None)
