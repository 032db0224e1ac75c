"""Reading the states of 10,000 vehicles within the cloud's burst, and commands beside it.

    .venv/bin/python -m benchmarks.reading [--rounds 3] [--burst 10] [--singly]

Prints how soon commands reach the cloud with reading and without, by turns in one run, and how long all were read in.
Fails when a vehicle was left out or the cloud had to refuse a request. `--singly`: as where a cloud has no list of
states.
"""

import argparse
import sys
from contextlib import redirect_stdout
from dataclasses import asdict, dataclass
from statistics import median

from benchmarks.dispatch_house import DispatchHouse
from benchmarks.dispatch_world import Wanted, World
from benchmarks.pace import WARM_UP, Job, Pace
from benchmarks.report import command, hardware, number, table
from launcher.server import COMMAND_THREADS
from simulator.world import generated_fleet

PATIENCE = 7200.0
"""Seconds in which all must have been read."""
DUE = "UPDATE fleets_vehicle SET state = '{}', state_read_at = NULL, state_tried_at = NULL, state_due_at = now()"
NOT_DUE = "UPDATE fleets_vehicle SET state_due_at = NULL"
LISTS = "UPDATE fleets_upstreamfleet SET states_from = NULL, states_next = NULL, states_singly_until = %s"
LEFT = "SELECT count(*) FROM fleets_vehicle WHERE state_read_at IS NULL"
# Those that a command was sent to are read again after its end.
TOOK = """
SELECT extract(epoch FROM max(state_read_at) - %s) FROM fleets_vehicle vehicle
WHERE NOT EXISTS (SELECT 1 FROM remotes_remoteaction WHERE vehicle_id = vehicle.id)
"""


@dataclass(frozen=True)
class Turn:
    """Commands at a pace; `seconds` until all vehicles were read, None without reading. `refused`: answered 429."""

    pace: Pace
    seconds: float | None
    refused: int


def main() -> int:
    """Return the exit code: 1 when a promise was broken."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.reading", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--vehicles", type=int, default=10_000)
    parser.add_argument("--burst", type=int, default=10, help="requests in any second that the cloud takes")
    parser.add_argument("--rate", type=float, default=2.0, help="commands a second")
    parser.add_argument("--commands", type=int, default=80, help="in each turn")
    parser.add_argument("--singly", action="store_true", help="as a cloud without a list of states")
    options = parser.parse_args()
    print(command())
    with redirect_stdout(sys.stderr), _house(options) as house:
        told = hardware(house.ask("SHOW server_version")[0][0])
        fleet = generated_fleet(options.vehicles)
        vehicles = [(vehicle.vin, vehicle.id) for vehicle in fleet.vehicles]
        world = house.make_world(Wanted(f"{house.simulator_url}/connectedcar/v3", fleet.id, vehicles))
        house.ask(NOT_DUE)
        turns: dict[bool, list[Turn]] = {False: [], True: []}
        for place in range(2 * options.rounds):
            reads = place % 2 == 1
            turns[reads].append(_turn(house, world, options, place, reads=reads))
            print(turns[reads][-1], file=sys.stderr)
    print(f"\n{told}\n")
    print(table(["", "p50 ms", "p95 ms", "lost", "all read in s", "429"], [_row(*item) for item in turns.items()]))
    ratios = [_median(turns[True], name) / _median(turns[False], name) for name in ("p50", "p95")]
    print(f"\nWith reading: p50 {ratios[0]:.2f} x, p95 {ratios[1]:.2f} x")
    return int(any(turn.refused or turn.pace.lost for both in turns.values() for turn in both))


def _house(options: argparse.Namespace) -> DispatchHouse:
    words = ["--vehicles", str(options.vehicles), "--burst-limit", str(options.burst)]
    # Each is read once a turn.
    return DispatchHouse(
        threads=COMMAND_THREADS, simulator=words, variables={"STATE_READ_MINUTES": "10000", "LOG_LEVEL": "WARNING"}
    )


def _turn(house: DispatchHouse, world: World, options: argparse.Namespace, place: int, *, reads: bool) -> Turn:
    before = house.ask_simulator("GET", "/simulator/limits")["refused"]
    first = place * (options.commands + WARM_UP)
    job = Job(
        rate=options.rate,
        requests=options.commands,
        first=first,
        vins=list(world.paths),
        world=asdict(world),
        url=house.wishes.local_url,
        cloud=house.simulator_url,
        redis_url=house.redis_url,
        is_simulator=True,
    )
    ((began,),) = house.ask("SELECT now()")
    if reads:
        house.ask(LISTS, "infinity" if options.singly else None)
        house.ask(DUE)
    pace = Pace(**house.run_with("benchmarks.pace", asdict(job)))
    seconds = None
    if reads:
        house.look_after("the states", lambda: _left(house), PATIENCE)
        seconds = float(house.ask(TOOK, began)[0][0])
        house.ask(NOT_DUE)
    refused = house.ask_simulator("GET", "/simulator/limits")["refused"] - before
    return Turn(pace, seconds, refused)


def _left(house: DispatchHouse) -> str | None:
    ((left,),) = house.ask(LEFT)
    return f"{left} vehicles are not read" if left else None


def _row(reads: bool, turns: list[Turn]) -> list[str]:
    seconds = [turn.seconds for turn in turns if turn.seconds is not None]
    return [
        "with reading" if reads else "without",
        f"{_median(turns, 'p50'):.1f}",
        f"{_median(turns, 'p95'):.1f}",
        number(sum(turn.pace.lost for turn in turns)),
        number(median(seconds)) if seconds else "",
        number(sum(turn.refused for turn in turns)),
    ]


def _median(turns: list[Turn], name: str) -> float:
    return median(getattr(turn.pace, name) for turn in turns)


if __name__ == "__main__":
    sys.exit(main())
