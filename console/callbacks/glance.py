"""How delivering to each of many callbacks goes, in one statement: for the list of a fleet's callbacks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils import timezone

from callbacks.health import ROWS, SPAN
from callbacks.models import Callback


@dataclass(frozen=True)
class Glance:
    """As in callbacks.health: `success_rate` is 0 to 1 of the tries of the last 24 hours, None without any."""

    success_rate: float | None
    oldest_waiting_at: datetime | None


NOTHING = Glance(None, None)


def glances(callbacks: Sequence[Callback]) -> dict[int, Glance]:
    """By the callback's primary key."""
    values: dict[str, Any] = {
        "callbacks": [callback.pk for callback in callbacks],
        "since": timezone.now() - SPAN,
        "rows": ROWS,
    }
    with connection.cursor() as cursor:
        cursor.execute(_GLANCES, values)
        return {pk: Glance(good / tried if tried else None, oldest) for pk, tried, good, oldest in cursor.fetchall()}


_GLANCES = """
SELECT given.id, tried.number, tried.good, least(formed.oldest, loose.oldest)
FROM unnest(%(callbacks)s::bigint[]) AS given (id)
CROSS JOIN LATERAL (
    SELECT count(*) AS number, count(*) FILTER (WHERE status BETWEEN 200 AND 299) AS good
    FROM (
        SELECT at, status FROM callbacks_attempt WHERE callback_id = given.id ORDER BY id DESC LIMIT %(rows)s
    ) AS newest
    WHERE at >= %(since)s
) AS tried
CROSS JOIN LATERAL (
    SELECT min(oldest_at) AS oldest
    FROM (
        SELECT oldest_at FROM callbacks_batch
        WHERE callback_id = given.id AND state = 'waiting' ORDER BY id LIMIT %(rows)s
    ) AS waiting
) AS formed
CROSS JOIN LATERAL (
    SELECT min(created_at) AS oldest
    FROM (SELECT created_at FROM callbacks_notification WHERE callback_id = given.id ORDER BY id LIMIT 1) AS first
) AS loose
"""
