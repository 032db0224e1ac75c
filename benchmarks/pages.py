"""How the pages take it that there is much: 10,000 vehicles against 100, and 1,000,000 events against 1,000.

    .venv/bin/python -m benchmarks.pages [--vehicles FEW MANY] [--events SHORT LONG] [--requests N]

The web server as script/server runs it, one request after the other over one connection, the small and the large page
in turn. Medians are printed, how many times as long the large one takes, and which of the large ones miss what they are
to keep to.
"""

import argparse
import json
import statistics
import time
from dataclasses import dataclass
from http.client import HTTPConnection

from benchmarks import report
from benchmarks.house import House
from benchmarks.pages_seed import PagesSeed

SEED_SECONDS = 600.0
MOST_MILLISECONDS, MOST_KILOBYTES = 50.0, 300.0
"""What a large page is to keep to."""

_FIGURE = 'id="plot-question"'


@dataclass(frozen=True)
class Pair:
    """The same page of something small and of something large; `marks` is in both, as often, where there are any."""

    name: str
    small: str
    large: str
    marks: str


@dataclass(frozen=True)
class Row:
    """Medians in milliseconds, and the size of the large page."""

    name: str
    small: float
    large: float
    kilobytes: float

    @property
    def cells(self) -> list[str]:
        ratio = f"{self.large / self.small:.2f} ×"
        return [self.name, f"{self.small:.1f}", f"{self.large:.1f}", ratio, f"{self.kilobytes:.0f}"]


def pairs_of(seed: PagesSeed) -> list[Pair]:
    row, entry, action = 'name="vehicle"', 'class="card entry', '<tr id="action-'
    narrowed = "/actions?q=car&type=Locking&span=30d"
    plots = [
        *("actions&span=24h", "actions&span=90d", "causes&span=90d", "times&span=90d", "wake-ups"),
        *("charge&span=90d", "deliveries&span=90d"),
    ]
    return [
        *[
            Pair(f"figure {plot}", f"{seed.few}/plots?plot={plot}", f"{seed.plotted}/plots?plot={plot}", _FIGURE)
            for plot in plots
        ],
        Pair("vehicles", seed.few, seed.many, row),
        Pair("vehicles, least charge first", f"{seed.few}?sort=level", f"{seed.many}?sort=level", row),
        Pair("vehicles, newest action first", f"{seed.few}?sort=-action", f"{seed.many}?sort=-action", row),
        Pair("vehicles, none in a filter", f"{seed.few}?outcome=unknown", f"{seed.many}?outcome=unknown", "</html>"),
        Pair("a vehicle with its history", seed.short, seed.long, entry),
        Pair("overview of a fleet", f"{seed.quiet}/overview", f"{seed.busy}/overview", 'class="outcomes"'),
        Pair("actions of a fleet", f"{seed.quiet}/actions", f"{seed.busy}/actions", action),
        Pair("map of a fleet", f"{seed.few}/map", f"{seed.many}/map", "<li data-key="),
        Pair("map, its positions", f"{seed.few}/map/positions", f"{seed.many}/map/positions", ""),
        Pair("map, its news", f"{seed.few}/map/news", f"{seed.many}/map/news", "data-version="),
        Pair("actions of a fleet, narrowed", f"{seed.quiet}{narrowed}", f"{seed.busy}{narrowed}", action),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description="Measures pages with little and with much behind them.")
    parser.add_argument("--vehicles", type=int, nargs=2, default=[100, 10_000], help="vehicles of the two fleets")
    parser.add_argument("--events", type=int, nargs=2, default=[1_000, 1_000_000], help="events of the two vehicles")
    parser.add_argument("--requests", type=int, default=100, help="requests of each page")
    options = parser.parse_args()
    with House() as house:
        words = [str(number) for number in (*options.vehicles, *options.events)]
        seed = PagesSeed(**json.loads(house.run_module("benchmarks.pages_seed", *words, seconds=SEED_SECONDS)))
        port = house.start_web()
        print(f"\n{report.hardware(house.value('SHOW server_version'))}")
        print(f"{report.command()}: {options.requests} requests of each page\n")
        rows = [_measure(port, pair, seed.cookie, options.requests) for pair in pairs_of(seed)]
        few, many = (report.number(number) for number in options.vehicles)
        short, long = (report.number(number) for number in options.events)
        print(f"Small: {few} vehicles, {short} events. Large: {many} vehicles, {long} events.\n")
        print(report.table(["Page", "small, ms", "large, ms", "ratio", "large, kB"], [row.cells for row in rows]))
        over = [row.name for row in rows if row.large > MOST_MILLISECONDS or row.kilobytes > MOST_KILOBYTES]
        kept = f"{len(rows) - len(over)} of {len(rows)} large pages keep to"
        print(f"\n{kept} {MOST_MILLISECONDS:.0f} ms and {MOST_KILOBYTES:.0f} kB; not: {', '.join(over) or 'none'}.")


def _measure(port: int, pair: Pair, cookie: str, requests: int) -> Row:
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    times: dict[str, list[float]] = {pair.small: [], pair.large: []}
    bodies: dict[str, bytes] = {}
    # The first rounds warm up what is made once in each worker.
    warm = max(2, requests // 10)
    for number in range(warm + requests):
        for path, taken in times.items():
            began = time.perf_counter()
            bodies[path] = _get(connection, path, cookie)
            if number >= warm:
                taken.append(time.perf_counter() - began)
    connection.close()
    small, large = (body.count(pair.marks.encode()) for body in bodies.values())
    if pair.marks and (not small or small != large):
        raise RuntimeError(f"{pair.name}: {small} and {large} of {pair.marks}")
    small_time, large_time = (statistics.median(taken) * 1000 for taken in times.values())
    return Row(pair.name, small_time, large_time, len(bodies[pair.large]) / 1000)


def _get(connection: HTTPConnection, path: str, cookie: str) -> bytes:
    connection.request("GET", path, headers={"Cookie": cookie})
    answer = connection.getresponse()
    body = answer.read()
    if answer.status != 200:
        raise RuntimeError(f"GET {path} gave {answer.status}:\n{body[:2000].decode()}")
    return body


if __name__ == "__main__":
    main()
