"""Django's pages and API three ways: behind our ASGI front, over WSGI alone, and as plain Django ASGI.

    .venv/bin/python -m benchmarks.web [--seconds S] [--rounds R] [--connections C]

The same load generator and stores as in benchmarks.ingest, side by side in rotating order; medians are printed. Only
2xx count for the rates: plain Django ASGI opens so many connections to the database that requests may be refused.
"""

import argparse
import statistics
from collections.abc import Mapping, Sequence

from benchmarks import report
from benchmarks.house import House
from benchmarks.load import Job, Result

THREADS = "8"
"""As many as fleetremote/asgi.py has."""


def main() -> None:
    parser = argparse.ArgumentParser(description="Measures how fast pages and API are served.")
    parser.add_argument("--seconds", type=float, default=2.0, help="how long a turn is")
    parser.add_argument("--rounds", type=int, default=5, help="turns of each way")
    parser.add_argument("--connections", type=int, default=32, help="connections of the load generator")
    options = parser.parse_args()
    with House() as house:
        ports = _start(house)
        print(f"\n{report.hardware(house.value('SHOW server_version'))}")
        print(
            f"{report.command()}: {options.rounds} turns of {options.seconds:g} s, {options.connections} connections\n"
        )
        for path in ("/healthz", f"/connectedcar/v3/fleets?{house.seed.api_query}"):
            results = _measure(house, ports, path, options)
            print(_table(path.partition("?")[0], list(ports), results))


def _start(house: House) -> Mapping[str, int]:
    wsgi = ("--interface", "wsgi", "--blocking-threads", THREADS)
    asgi = ("--interface", "asgi", "--loop", "uvloop")
    return {
        "our ASGI front": house.start_web(),
        "WSGI": house.start_granian("fleetremote.wsgi:application", *wsgi),
        "plain Django ASGI": house.start_granian("benchmarks.contenders.plain_asgi:application", *asgi),
    }


def _measure(house: House, ports: Mapping[str, int], path: str, options: argparse.Namespace) -> list[list[Result]]:
    """All turns of each way, in the order of `ports`."""

    def turn(port: int, seconds: float) -> Result:
        return house.load(Job(port, path, house.seed.api_authorization, options.connections, seconds), may_refuse=True)

    ways = list(ports.values())
    turns: list[list[Result]] = [[] for _ in ways]
    for port in ways:
        turn(port, options.seconds / 4)
    for number in range(options.rounds):
        for place in range(len(ways)):
            at = (place + number) % len(ways)
            turns[at].append(turn(ways[at], options.seconds))
    return turns


def _table(title: str, names: Sequence[str], turns: Sequence[Sequence[Result]]) -> str:
    medians = [statistics.median(result.rate for result in results) for results in turns]
    rows = [
        [
            name,
            report.number(median),
            f"{statistics.median(result.p50 for result in results):.1f}",
            f"{statistics.median(result.p99 for result in results):.1f}",
            report.number(sum(result.refused for result in results)),
            f"{median / medians[0]:.2f} ×",
        ]
        for name, median, results in zip(names, medians, turns, strict=True)
    ]
    return report.table([f"GET {title}", "requests/s", "p50 ms", "p99 ms", "refused", "of our front"], rows) + "\n"


if __name__ == "__main__":
    main()
