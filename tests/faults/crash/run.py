"""Runs one crash test from beginning to end.

python -m tests.faults.crash.run '<Plan as JSON>'       prints the Report as JSON; what happens goes to stderr
"""

import json
import sys
import time
from contextlib import redirect_stdout
from dataclasses import asdict

from tests.faults.crash.harm import Conductor, Hung
from tests.faults.crash.house import CrashHouse
from tests.faults.crash.plan import Plan
from tests.faults.crash.report import Report, make_report
from tests.faults.crash.subscribers import Subscribers

LONGEST = 3600.0
"""Seconds."""


def run(plan: Plan) -> Report:
    """Raises Hung with what is known when it does not come to its end. Only in the main thread: it obeys signals."""
    subscribers = Subscribers(plan)
    try:
        with CrashHouse(plan) as house:
            started = time.monotonic()
            producer = house.start_producer(subscribers.target(0).removesuffix("/0"))
            conductor = Conductor(house, subscribers, producer)
            try:
                house.look_after("The crash test", conductor.step, LONGEST)
            except Hung as hung:
                raise Hung(f"{hung}\n{evidence(house)}") from None
            seconds = time.monotonic() - started
            return make_report(house, subscribers.requests, conductor.done, seconds)
    finally:
        subscribers.close()


def evidence(house: CrashHouse) -> str:
    """Where everything stands, for whoever has to find out why."""
    queries = {
        "batches": "SELECT callback_id, state, count(*), min(due_at) FROM callbacks_batch GROUP BY 1, 2 ORDER BY 1, 2",
        "events": "SELECT callback_id, count(*) FROM callbacks_notification GROUP BY 1 ORDER BY 1",
        "leases": "SELECT delivery.*, now() FROM callbacks_delivery delivery",
        "callbacks": "SELECT id, status, status_reason FROM callbacks_callback",
    }
    parts = [f"{name}: {house.ask(query)}" for name, query in queries.items()]
    parts += [f"--- {name}\n{house.log(name)}" for name in ("victim-0", "victim-1", "worker-sweeps", "beat")]
    return "\n".join(parts)


if __name__ == "__main__":
    with redirect_stdout(sys.stderr):
        report = run(Plan(**json.loads(sys.argv[1])))
    print(json.dumps(asdict(report)))
