"""Runs the cells of a fault matrix.

python -m tests.faults.matrix.run '<Plan as JSON>'      prints the outcomes as JSON; what happens goes to stderr
"""

import json
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import redirect_stdout
from dataclasses import asdict
from datetime import datetime
from functools import partial
from types import MappingProxyType
from typing import Any

from benchmarks.dispatch_house import DispatchHouse
from launcher.errors import LaunchError
from tests.faults.matrix.plan import DIALECTS, FLUSH, KILL, NOTHING, POSTGRES, WEB, Plan, kinds, quarter
from tests.faults.matrix.report import Outcome
from tests.faults.matrix.second import Second
from tests.faults.matrix.simulated import Simulated
from tests.faults.matrix.trial import CRASH, Cloud, Trial

THREADS = 48
"""As many sendings stand still at once."""
AT_ONCE = 39
"""Cells of one harm at the most."""
PATIENCE = 30.0
"""Seconds until all workers must have come to their moments."""
LONGEST = 180.0
"""Seconds until all actions must have come to their ends."""
LOOK_AGAIN = 0.25
"""Seconds."""

_ENDED_BY_US = """
SELECT action.public_id, event.why ->> 'code' FROM remotes_remoteevent event
JOIN remotes_remoteaction action ON action.id = event.action_id
WHERE event.source = 'fleetremote' AND event.status = 'Failed'
"""
NOT_LISTED = "not-listed"
"""The code of an end that says that nobody knows: look at the vehicle."""


def run(plan: Plan) -> list[Outcome]:
    """Only in the main thread: it obeys signals."""
    settings = {
        "GATEWAY_CONNECT_TIMEOUT": plan.read_timeout / 2,
        "GATEWAY_READ_TIMEOUT": plan.read_timeout,
        "GATEWAY_TIMEOUT": plan.read_timeout * 1.5,
        "DISPATCH_LEASE": plan.lease,
    }
    house = DispatchHouse(
        app="tests.faults.matrix.victim",
        threads=THREADS,
        web_workers=1,
        speed=plan.speed,
        simulator=["--vehicles", str(plan.of("v3") or 1)],
        variables={"MATRIX_SETTINGS": json.dumps(settings)},
    )
    orders = house.home / "orders"
    orders.mkdir()
    house.variables["MATRIX_ORDERS"] = str(orders)
    with house:
        return Matrix(house, plan).outcomes()


class Matrix:
    """The cells over a running house."""

    def __init__(self, house: DispatchHouse, plan: Plan) -> None:
        self._house, self._plan = house, plan
        self._orders = house.home / "orders"
        self._clouds = _clouds(house, plan)
        self._looked = 0.0

    def outcomes(self) -> list[Outcome]:
        """Try them all, the cells of one harm at once."""
        worlds = self._house.make_worlds([cloud.wanted for cloud in self._clouds])
        trials = [trial for cloud, world in zip(self._clouds, worlds, strict=True) for trial in cloud.begin(world)]
        for harm, group in _rounds(trials):
            self._try(harm, group)
            if self._plan.apart or harm == NOTHING:
                self._settle([trial for trial in group if not trial.cell.is_lie])
        self._settle(trials)
        return self._judge(trials)

    def _try(self, harm: str, trials: Sequence[Trial]) -> None:
        # What the round before has killed would let the time to live pass.
        self._look_after("All to be there again", self._who_is_away, LONGEST)
        # More would be due to be looked up than a sweeper on a busy machine can.
        self._look_after("Most outcomes to be known", self._how_many_are_unknown, LONGEST)
        for cloud in self._clouds:
            cloud.make_ready([trial for trial in trials if trial.cloud is cloud])
        for trial in trials:
            self._prepare(trial)
        for trial in trials:
            self._house.look_after("Asking", partial(self._send, trial), PATIENCE)
        if harm == NOTHING:
            return
        self._look_after("The moment of harm", lambda: self._who_is_not_there(trials), PATIENCE)
        for trial in trials:
            trial.harmed = self._order(trial, ".here").exists()
        self._harm(harm)
        for trial in trials:
            self._order(trial, ".go").touch()

    def _who_is_away(self) -> str | None:
        services = (self._house.workers[0], self._house.postgres, self._house.web)
        away = [one.title for one in services if not one.ready or one.child is None or one.child.poll() is not None]
        return f"{', '.join(away)} starts again" if away else None

    def _how_many_are_unknown(self) -> str | None:
        ((count,),) = self._house.ask("SELECT count(*) FROM remotes_remoteaction WHERE state IN ('sending', 'unknown')")
        return f"{count} are not" if count > AT_ONCE else None

    def _prepare(self, trial: Trial) -> None:
        trial.cloud.prepare(trial)
        crash = CRASH[trial.cell.crash]
        if crash.harm == NOTHING:
            trial.harmed = True
        else:
            self._order(trial).write_text(crash.moment)

    def _order(self, trial: Trial, suffix: str = "") -> Any:
        return self._orders / f"{trial.vehicle.id}{suffix}"

    def _send(self, trial: Trial) -> str | None:
        """Why it is not sent: what the round before has harmed may still be away. A repeat is known by its key."""
        remotes = trial.cloud.api.world.paths[trial.vehicle.vin]
        seconds = self._plan.time_to_live_of_lies if trial.cell.is_lie else self._plan.time_to_live
        body = {**trial.cell.asked, "timeToLive": f"PT{seconds}S"}
        answer = trial.cloud.api.call("POST", remotes, body, {"Idempotency-Key": trial.vehicle.vin})
        if answer is None or answer.status_code == 503:
            return "the web server or its database is away"
        assert answer.status_code == 202, answer.text
        trial.path = f"{remotes}/{answer.json()['remoteActionId']}"
        return None

    def _who_is_not_there(self, trials: Sequence[Trial]) -> str | None:
        missing = [trial for trial in trials if not self._order(trial, ".here").exists()]
        return f"{len(missing)} of {len(trials)} are not there, as {missing[0].cell}" if missing else None

    def _harm(self, harm: str) -> None:
        """SIGKILL it with all in its group; the supervisor starts it again."""
        if harm == FLUSH:
            with self._house.redis() as client:
                client.flushall()
            return
        victims = {KILL: self._house.workers[0], POSTGRES: self._house.postgres, WEB: self._house.web}
        child = victims[harm].child
        assert child is not None
        child.kill()

    def _settle(self, trials: Sequence[Trial]) -> None:
        """Return when every action has its end and every vehicle is at rest; late on, whatever it is."""
        self._look_after("The end of all", lambda: self._what_is_open(trials), LONGEST)

    def _look(self) -> bool:
        """Read anew what the clouds have on record, but not all the time; whether it was done."""
        if time.monotonic() < self._looked + LOOK_AGAIN:
            return False
        for cloud in self._clouds:
            cloud.look()
        self._looked = time.monotonic()
        return True

    def _what_is_open(self, trials: Sequence[Trial]) -> str | None:
        under_way = [trial for trial in trials if trial.cloud.is_under_way(trial)]
        if under_way:
            return f"{len(under_way)} under way at the vehicles"
        for trial in trials:
            if not (trial.shown and self._outcome(trial).is_true):
                self._read(trial)
        untrue = [trial for trial in trials if not self._outcome(trial).is_true]
        return f"{len(untrue)} are not shown as they are, as {untrue[0]}" if untrue else None

    def _read(self, trial: Trial) -> None:
        answer = trial.cloud.api.call("GET", trial.path)
        trial.shown = answer.json() if answer is not None and answer.ok else {}

    def _judge(self, trials: Sequence[Trial]) -> list[Outcome]:
        for trial in trials:
            self._read(trial)
        for cloud in self._clouds:
            cloud.look()
        ends = Counter((name, code == NOT_LISTED) for name, code in self._house.ask(_ENDED_BY_US))
        return [self._outcome(trial, ends) for trial in trials]

    def _outcome(self, trial: Trial, ends: Mapping[tuple[str, bool], int] = MappingProxyType({})) -> Outcome:
        shown, executed = trial.shown, trial.cloud.executed(trial)
        expires_at = shown.get("expiresAt", "")
        denied, left_open = (ends.get((trial.action_id, is_open), 0) if executed else 0 for is_open in (False, True))
        return Outcome(
            cell=trial.cell,
            executed=executed,
            late=sum(at > datetime.fromisoformat(expires_at) for at in trial.cloud.came_in(trial)) if shown else 0,
            state=shown.get("state", ""),
            status=shown.get("status", ""),
            cause=shown.get("failureCause", ""),
            detail=shown.get("detail", ""),
            harmed=trial.harmed,
            denied=denied,
            left_open=left_open,
        )

    def _look_after(self, title: str, probe: Callable[[], str | None], seconds: float) -> None:
        """As the house does, while the clouds go on; who is late is told, and the harm is done all the same."""

        def look() -> str | None:
            return probe() if self._look() else "looked a moment ago"

        try:
            self._house.look_after(title, look, seconds)
        except LaunchError as error:
            print(error, file=sys.stderr)


def _clouds(house: DispatchHouse, plan: Plan) -> list[Cloud]:
    """Those that the cells are at: the simulator speaks v3, a small cloud of each dialect lies."""
    of_v1 = [cell for cell in plan.cells() if cell.dialect == "v1"]
    clouds: list[Cloud] = [Simulated(house, plan)]
    clouds += [Second(house, plan, of_v1, kinds(of_v1))] if of_v1 else []
    for dialect in DIALECTS:
        lies = [cell for cell in plan.lies() if cell.dialect == dialect]
        clouds += [Second(house, plan, lies, quarter(lies))] if lies else []
    return clouds


def _rounds(trials: Sequence[Trial]) -> list[tuple[str, list[Trial]]]:
    """The trials by their harm, cut so that all of a round can stand still at once."""
    rounds = []
    for harm in (NOTHING, KILL, FLUSH, WEB, POSTGRES):
        found = [trial for trial in trials if trial.harm == harm]
        rounds += [(harm, found[start : start + AT_ONCE]) for start in range(0, len(found), AT_ONCE)]
    return rounds


if __name__ == "__main__":
    with redirect_stdout(sys.stderr):
        began = time.monotonic()
        outcomes = run(Plan(**json.loads(sys.argv[1])))
        seconds = time.monotonic() - began
    print(json.dumps({"outcomes": [asdict(outcome) for outcome in outcomes], "seconds": seconds}))
