"""Writes down what came of asking for states: two statements for as many vehicles as were asked for together."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from fleets.vehicles.merging import merged
from protocol.why import Why
from remotes.live import announce
from remotes.reading.rhythm import FIRST_RETRY, LONGEST_RETRY, next_due


@dataclass(frozen=True)
class Answer:
    """What came of asking for a vehicle's state at `asked_at`: the state (Status), or why there is none."""

    vehicle_id: int
    asked_at: datetime
    state: dict[str, Any] | None = None
    why: Why | None = None


def keep(answers: Sequence[Answer], *, wait: bool = False) -> set[int]:
    """Write the answers, and tell open pages of what has changed; gives the vehicles that it changed for.

    A state is put together with the one that is known (fleets/vehicles/merging.py); one that was asked for later stays.
    Rows that somebody has locked are left out, so that nobody has to wait for the others; with `wait` they are waited
    for, which is for a single one. Two statements.
    """
    if not answers:
        return set()
    with transaction.atomic(), connection.cursor() as cursor:
        known = _lock(cursor, answers, wait)
        kept = [(answer, *known[answer.vehicle_id]) for answer in answers if answer.vehicle_id in known]
        states = [_state_after(answer, before) for answer, before, _ in kept]
        if kept:
            values: list[Any] = [FIRST_RETRY, LONGEST_RETRY, *_columns([answer for answer, *_ in kept], states)]
            cursor.execute(_KEEP, values)
    problems = [(answer.why.document() if answer.why else None) != problem for answer, _, problem in kept]
    changed = {
        answer.vehicle_id
        for (answer, *_), state, is_other in zip(kept, states, problems, strict=True)
        if state is not None or is_other
    }
    announce(changed)
    return changed


def _lock(cursor: CursorWrapper, answers: Sequence[Answer], wait: bool) -> dict[int, tuple[Any, Any]]:
    """The state and the problem that are known of each vehicle that was not asked later."""
    asked: list[Any] = [[answer.vehicle_id for answer in answers], [answer.asked_at for answer in answers]]
    cursor.execute(_LOCK if wait else f"{_LOCK} SKIP LOCKED", asked)
    return {key: (_loaded(state), _loaded(problem)) for key, state, problem in cursor.fetchall()}


def _loaded(text: str | None) -> Any:
    return None if text is None else json.loads(text)


def _state_after(answer: Answer, before: Any) -> Any:
    """None where it is as before."""
    if answer.state is None:
        return None
    after = merged(before, answer.state, answer.asked_at)
    return None if after == before else after


def _columns(answers: Sequence[Answer], states: Sequence[Any]) -> list[list[Any]]:
    return [
        [answer.vehicle_id for answer in answers],
        [answer.asked_at for answer in answers],
        [answer.state is not None for answer in answers],
        [None if state is None else json.dumps(state) for state in states],
        [None if answer.why is None else json.dumps(answer.why.document()) for answer in answers],
        [None if answer.state is None else next_due(answer.asked_at, answer.state) for answer in answers],
    ]


_LOCK = """
SELECT vehicle.id, vehicle.state::text, vehicle.state_problem::text
FROM fleets_vehicle vehicle
JOIN unnest(%s::bigint[], %s::timestamptz[]) AS given (id, asked_at) USING (id)
WHERE vehicle.state_read_at IS NULL OR vehicle.state_read_at <= given.asked_at
ORDER BY vehicle.id
FOR NO KEY UPDATE OF vehicle
"""
_KEEP = """
UPDATE fleets_vehicle vehicle
SET state = coalesce(given.state::jsonb, vehicle.state),
    state_read_at = CASE WHEN given.has_state THEN given.asked_at ELSE vehicle.state_read_at END,
    state_tried_at = given.asked_at,
    state_problem = given.why::jsonb,
    state_failures = CASE WHEN given.has_state THEN 0 ELSE least(vehicle.state_failures + 1, 30) END,
    state_due_at = CASE WHEN given.has_state THEN given.due_at
        ELSE given.asked_at + least(given.first_retry * power(2, vehicle.state_failures), given.longest_retry)
    END
FROM (
    SELECT *, %s::interval AS first_retry, %s::interval AS longest_retry
    FROM unnest(%s::bigint[], %s::timestamptz[], %s::bool[], %s::text[], %s::text[], %s::timestamptz[])
        AS item (id, asked_at, has_state, state, why, due_at)
) given
WHERE vehicle.id = given.id
"""
