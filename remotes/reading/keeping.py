"""Writes down what came of asking for states: one statement for as many vehicles as were asked for together."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

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

    A state that was asked for later stays, and so does one of a later date. Rows that somebody has locked are left out,
    so that nobody has to wait for the others; with `wait` they are waited for, which is for a single one.
    """
    if not answers:
        return set()
    values: list[Any] = [FIRST_RETRY, LONGEST_RETRY, *_columns(answers)]
    with connection.cursor() as cursor:
        cursor.execute(_KEEP_WAITING if wait else _KEEP, values)
        changed = {vehicle_id for vehicle_id, is_changed in cursor.fetchall() if is_changed}
    announce(changed)
    return changed


def _columns(answers: Sequence[Answer]) -> list[list[Any]]:
    return [
        [answer.vehicle_id for answer in answers],
        [answer.asked_at for answer in answers],
        [None if answer.state is None else json.dumps(answer.state) for answer in answers],
        [None if answer.why is None else json.dumps(answer.why.document()) for answer in answers],
        [None if answer.state is None else next_due(answer.asked_at, answer.state) for answer in answers],
    ]


# A date of the vehicle's that lies ahead of us proves nothing: what comes later must replace it.
_KEEP_WAITING = """
WITH given AS (
    SELECT id, asked_at, state::jsonb AS state, why::jsonb AS why, due_at,
        coalesce(fleets_moment(state::jsonb ->> 'updatedAt'), fleets_moment(state::jsonb ->> 'createdAt')) AS heard_at,
        %s::interval AS first_retry, %s::interval AS longest_retry
    FROM unnest(%s::bigint[], %s::timestamptz[], %s::text[], %s::text[], %s::timestamptz[])
        AS item (id, asked_at, state, why, due_at)
), before AS MATERIALIZED (
    SELECT vehicle.id, vehicle.state, vehicle.state_problem FROM fleets_vehicle vehicle JOIN given USING (id)
    WHERE vehicle.state_read_at IS NULL OR vehicle.state_read_at <= given.asked_at
    ORDER BY vehicle.id
    FOR NO KEY UPDATE OF vehicle
)
UPDATE fleets_vehicle vehicle
SET state = CASE
        WHEN given.state IS NULL THEN vehicle.state
        WHEN given.heard_at < vehicle.heard_at AND vehicle.heard_at <= given.asked_at THEN vehicle.state
        ELSE given.state
    END,
    state_read_at = CASE WHEN given.state IS NULL THEN vehicle.state_read_at ELSE given.asked_at END,
    state_tried_at = given.asked_at,
    state_problem = given.why,
    state_failures = CASE WHEN given.state IS NULL THEN least(vehicle.state_failures + 1, 30) ELSE 0 END,
    state_due_at = CASE WHEN given.state IS NULL
        THEN given.asked_at + least(given.first_retry * power(2, vehicle.state_failures), given.longest_retry)
        ELSE given.due_at
    END
FROM given JOIN before USING (id)
WHERE vehicle.id = given.id
RETURNING vehicle.id,
    before.state IS DISTINCT FROM vehicle.state OR before.state_problem IS DISTINCT FROM vehicle.state_problem
"""
_KEEP = _KEEP_WAITING.replace("UPDATE OF vehicle\n", "UPDATE OF vehicle SKIP LOCKED\n")
