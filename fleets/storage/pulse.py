"""Signs of life of the processes that work in the background: written by each itself, read for readiness."""

from dataclasses import dataclass

from django.db import connection

from fleets.storage.sql import run_prepared

# The kind of Celery's clock; all others are queues.
CLOCK = "clock"
# Who has to live, and seconds without a sign of it.
KINDS = ("commands", "deliveries", "sweeps", CLOCK)
SIGN = 15.0
# Seconds after which a worker polls (fleetremote/pulse/heart.py), and within which the clock looks again.
HEARD = 20.0

_WRITE = """
INSERT INTO fleets_pulse (name, kind, at, heard_at)
VALUES (%(name)s, %(kind)s, clock_timestamp(), clock_timestamp() - make_interval(secs => %(silent)s))
ON CONFLICT (name) DO UPDATE SET kind = excluded.kind, at = excluded.at, heard_at = excluded.heard_at
"""
_READ = """
SELECT kind, extract(epoch FROM min(clock_timestamp() - at)), extract(epoch FROM min(clock_timestamp() - heard_at))
FROM fleets_pulse GROUP BY kind
"""


@dataclass(frozen=True)
class Life:
    """Of the processes of a kind: seconds since the newest sign of life, and since one was given something to do."""

    sign: float
    heard: float


def write(name: str, kind: str, silent: float) -> None:
    """A process lives, and was given nothing for `silent` seconds. Raises DatabaseError."""
    run_prepared(_WRITE, {"name": name, "kind": kind, "silent": silent})


def read() -> dict[str, Life]:
    """By kind; one that never lived is not there. Raises DatabaseError."""
    with connection.cursor() as cursor:
        cursor.execute(_READ)
        return {kind: Life(float(sign), float(heard)) for kind, sign, heard in cursor.fetchall()}


def trouble(life: Life | None) -> str | None:
    """What is wrong with the processes of a kind, in English; None where one of them is well, which is enough."""
    if life is None:
        return "there was no sign of life yet."
    if life.sign > SIGN:
        return f"no sign of life for {life.sign:.0f} s."
    if life.heard > HEARD:
        return f"nothing handed out by Celery for {life.heard:.0f} s."
    return None


def forget_old() -> None:
    """Delete what was silent for a day: containers have new names with each update."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM fleets_pulse WHERE at < clock_timestamp() - interval '1 day'")
