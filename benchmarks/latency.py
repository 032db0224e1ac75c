"""How long an event takes from our commit to the subscriber, and what it costs the database."""

import json
import re
from dataclasses import asdict

from benchmarks import report
from benchmarks.offered import Job, Result
from benchmarks.stage import CALLBACKS, Stage
from launcher.probes import free_port

IDLE, BUSY = 10, 1000
"""Events a second."""

_LOG_ALL = (
    "ALTER SYSTEM SET log_statement = 'all'",
    "ALTER SYSTEM SET log_parameter_max_length = 0",
    "ALTER SYSTEM SET log_line_prefix = 'by %a: '",
    "SELECT pg_reload_conf()",
)
_STATEMENT = re.compile(rb"^by (\S*): LOG:  (?:statement|execute)", re.MULTILINE)


def latency(stage: Stage, seconds: int) -> str:
    """Offer events for some seconds, few and many, each a notification of its own; gives a table."""
    port = stage.house.start_web()
    sink_port = free_port(None)
    targets = [f"http://127.0.0.1:{sink_port}/0/{number}" for number in range(CALLBACKS)]
    ids = stage.call("callbacks", targets, 0, 0)
    database = stage.house.database
    database.execute(
        "UPDATE remotes_remoteaction SET callback_id = (%s::bigint[])[1 + vehicle_id %% %s]", [ids, len(ids)]
    )
    database.execute("VACUUM ANALYZE")
    for statement in _LOG_ALL:
        database.execute(statement)
    seed = stage.house.seed
    job = Job(port, seed.webhook_path, seed.webhook_authorization, sink_port, IDLE, 1)
    _offer(stage, job)
    rows = []
    for rate in (IDLE, BUSY):
        job = Job(port, seed.webhook_path, seed.webhook_authorization, sink_port, rate, seconds)
        rows.append(_row(rate, *_offer(stage, job)))
    head = ["events/s offered", "p50 ms after commit", "p95", "p50 ms after posting", "p95", "statements an event"]
    note = "Statements are those in PostgreSQL's log, BEGIN and COMMIT among them: to take an event in + to deliver it."
    return f"{report.table(head, rows)}\n{note}\n"


def _offer(stage: Stage, job: Job) -> tuple[Result, float, float]:
    """What came of it, and statements an event of the web server and of the delivery."""
    log = stage.house.home / "log" / "postgres.log"
    start = log.stat().st_size
    text = stage.house.run_module("benchmarks.offered", json.dumps(asdict(job)), seconds=job.seconds + 60)
    result = Result(**json.loads(text))
    if result.received != result.offered or result.repeated:
        raise RuntimeError(f"not every event came once: {result}")
    asked = _STATEMENT.findall(log.read_bytes()[start:])
    ours = asked.count(b"deliveries")
    return result, (len(asked) - ours) / result.offered, ours / result.offered


def _row(rate: int, result: Result, taking: float, delivering: float) -> list[str]:
    times = (result.committed_p50, result.committed_p95, result.posted_p50, result.posted_p95)
    return [report.number(rate), *(f"{time:.0f}" for time in times), f"{taking:.2f} + {delivering:.2f}"]
