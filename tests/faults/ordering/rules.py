"""The rules of a vehicle's order, as the cloud can see them: plain functions over what it received.

They go in order, one request at a time. An urgent one goes ahead of waiting comfort ones and waits only for the answer
to the request before it; a comfort one waits until all before it are done, or have been under way for so long. One of
unknown outcome, whose answer was cut, holds back its own type only; one that was answered 429 its own type, and if it
is a comfort one all comfort ones.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from benchmarks.upstream import CUT, REFUSED, Receipt


@dataclass(frozen=True)
class Action:
    """One vehicle's action: its place among them, when FleetRemote had it, and its requests as they came in."""

    number: int
    type: str
    urgent: bool
    asked_at: float
    receipts: Sequence[Receipt] = field(default_factory=list)

    @property
    def taken_at(self) -> float:
        """When it came in and was taken, endless when it was not."""
        return next((receipt.at for receipt in self.receipts if receipt.outcome != REFUSED), float("inf"))


def broken(actions: Sequence[Action], patience: float, began: float) -> list[str]:
    """In words what is wrong in one vehicle's order. `patience` in seconds; workers run since `began`."""
    return [
        *(f"{action.number} was taken {count} times" for action in actions if (count := _times_taken(action)) != 1),
        *_overlaps(actions),
        *(words for action in actions for words in _overtaken_by(action, actions)),
        *(words for action in actions if not action.urgent for words in _not_waited_for(action, actions, patience)),
        *(words for action in actions if action.urgent for words in _urgent_waited(action, actions, began)),
    ]


def did_not_wait(actions: Sequence[Action]) -> int:
    """How many urgent actions went while one before them was not done yet."""
    return sum(
        any(receipt.at < action.taken_at < (receipt.done_at or 0) for other in actions for receipt in other.receipts)
        for action in actions
        if action.urgent
    )


def _times_taken(action: Action) -> int:
    return sum(receipt.outcome != REFUSED for receipt in action.receipts)


def _overlaps(actions: Sequence[Action]) -> Iterator[str]:
    requests = sorted(
        ((receipt, action) for action in actions for receipt in action.receipts), key=lambda pair: pair[0].at
    )
    for (first, one), (second, other) in pairwise(requests):
        if second.at < first.answered_at:
            yield f"{other.number} was sent before {one.number} was answered"


def _overtaken_by(action: Action, actions: Sequence[Action]) -> Iterator[str]:
    """Those of its urgency that were asked for before it and came after it."""
    for other in actions:
        before = other.number < action.number and other.urgent == action.urgent
        if before and other.taken_at > action.taken_at and not _is_held(other, actions, action.taken_at):
            yield f"{action.number} overtook {other.number}"


def _is_held(action: Action, actions: Sequence[Action], at: float) -> bool:
    """Whether another may have passed it: its type is held back by an unknown outcome, or, urgent, by a 429."""
    ahead = [other for other in actions if other.type == action.type and other.number <= action.number]
    holds = (CUT, REFUSED) if action.urgent else (CUT,)
    return any(receipt.at < at and receipt.outcome in holds for other in ahead for receipt in other.receipts)


def _not_waited_for(action: Action, actions: Sequence[Action], patience: float) -> Iterator[str]:
    for other in actions:
        for receipt in other.receipts:
            if receipt.at >= action.taken_at or receipt.outcome in (REFUSED, CUT):
                continue
            is_done = receipt.done_at is not None and receipt.done_at <= action.taken_at
            if not is_done and receipt.answered_at + patience > action.taken_at:
                yield f"{action.number} did not wait until {other.number} was done"


def _urgent_waited(urgent: Action, actions: Sequence[Action], began: float) -> Iterator[str]:
    """Those that passed it. The next request after it was asked for may be one that was chosen before."""
    requests = (receipt.at for action in actions for receipt in action.receipts if receipt.at > urgent.asked_at)
    chosen_before = None if urgent.asked_at < began else min(requests, default=None)
    for action in actions:
        passed = not action.urgent and urgent.asked_at < action.taken_at < urgent.taken_at
        if passed and action.taken_at != chosen_before and not _is_held(urgent, actions, action.taken_at):
            yield f"{urgent.number} is urgent and waited for {action.number}"
