"""Writes down what came of posting batches: the attempts, and where each batch stands after its last one."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from callbacks.models import Batch
from fleets.storage.sql import array, run_prepared


class Answer(msgspec.Struct, frozen=True):
    """What came of one POST. `status` is None when there was no answer; `error` then says why, in words."""

    at: datetime
    duration_ms: int
    status: int | None = None
    error: str = ""
    body: str = ""
    retry_after: float | None = None
    """Seconds that the subscriber asks us to wait, with 429 or 503."""

    @property
    def succeeded(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


class Result(msgspec.Struct, frozen=True):
    """A batch after an attempt; `answer` is None when there was none, since its time was over."""

    callback_id: int
    batch_id: int
    state: Batch.State
    tries: int
    due_at: datetime
    answer: Answer | None

    @property
    def delivered_at(self) -> datetime | None:
        return self.answer.at if self.answer and self.state == Batch.State.DELIVERED else None


def write(results: Sequence[Result]) -> None:
    """Store results in one statement, whatever their number.

    A batch that no longer waits keeps its state; but where it was delivered after all, it is delivered.
    """
    tried = [(result, result.answer) for result in results if result.answer is not None]
    # Where a batch was tried twice meanwhile, it stands where the later try has left it.
    last = {result.batch_id: result for result in results}.values()
    columns: dict[str, list[str | int | None]] = {
        "id": [result.batch_id for result in last],
        "state": [result.state for result in last],
        "tries": [result.tries for result in last],
        "due_at": [result.due_at.isoformat() for result in last],
        "tried_at": [result.answer.at.isoformat() if result.answer else None for result in last],
        "delivered_at": [_time(result.delivered_at) for result in last],
        "callback": [result.callback_id for result, _ in tried],
        "batch": [result.batch_id for result, _ in tried],
        "number": [result.tries for result, _ in tried],
        "at": [answer.at.isoformat() for _, answer in tried],
        "duration_ms": [answer.duration_ms for _, answer in tried],
        "status": [answer.status for _, answer in tried],
        "error": [answer.error for _, answer in tried],
        "answer": [answer.body for _, answer in tried],
    }
    run_prepared(_WRITE, {name: array(column) for name, column in columns.items()})


def _time(time: datetime | None) -> str | None:
    return time.isoformat() if time else None


_WRITE = """
WITH moved AS (
    UPDATE callbacks_batch batch
    SET state = given.state, tries = given.tries, due_at = given.due_at,
        tried_at = coalesce(given.tried_at, batch.tried_at), delivered_at = given.delivered_at
    FROM unnest(
        %(id)s::bigint[], %(state)s::text[], %(tries)s::int[], %(due_at)s::timestamptz[], %(tried_at)s::timestamptz[],
        %(delivered_at)s::timestamptz[]
    ) AS given (id, state, tries, due_at, tried_at, delivered_at)
    WHERE batch.id = given.id
        AND (batch.state = 'waiting' OR (batch.state <> 'delivered' AND given.state = 'delivered'))
)
INSERT INTO callbacks_attempt (callback_id, batch_id, number, at, duration_ms, status, error, answer)
SELECT * FROM unnest(
    %(callback)s::bigint[], %(batch)s::bigint[], %(number)s::int[], %(at)s::timestamptz[], %(duration_ms)s::int[],
    %(status)s::smallint[], %(error)s::text[], %(answer)s::text[])
"""
