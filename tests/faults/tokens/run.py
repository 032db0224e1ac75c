"""Runs the scenes of a token endpoint that is unwell, all at once, and then one in which a worker is killed.

python -m tests.faults.tokens.run '{}'      prints a list of Told as JSON; what happens goes to stderr
"""

import json
import re
import sys
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import redirect_stdout
from dataclasses import asdict

import requests

from benchmarks.dispatch_house import DispatchHouse
from tests.faults.tokens.scenes import PATIENCE, SCENES, Stage, Told

SETTINGS = {
    "GATEWAY_CONNECT_TIMEOUT": 1.0,
    "GATEWAY_READ_TIMEOUT": 1.5,
    "GATEWAY_TIMEOUT": 2.5,
    "DISPATCH_LEASE": 10.0,
}
"""Shorter than in life."""


def run() -> list[Told]:
    """Only in the main thread: it obeys signals."""
    house = DispatchHouse(
        app="tests.faults.matrix.victim",
        processes=2,
        threads=16,
        web_workers=1,
        speed=100.0,
        variables={"MATRIX_SETTINGS": json.dumps(SETTINGS)},
    )
    orders = house.home / "orders"
    orders.mkdir()
    house.variables["MATRIX_ORDERS"] = str(orders)
    with house:
        stages = [Stage(house, scene.__name__) for scene in SCENES]
        last = Stage(house, "killed")
        worlds = house.make_worlds([stage.wanted for stage in (*stages, last)])
        cookies = _log_in(house.wishes.local_url, json.loads(house.run_module("tests.faults.tokens.person")))
        for stage, world in zip((*stages, last), worlds, strict=True):
            stage.enter(world, cookies)
        told = _play(house, stages)
        _kill(house, last)
        return [*told, last.end()]


def _log_in(url: str, form: dict[str, str]) -> dict[str, str]:
    """The cookies of a session."""
    session = requests.Session()
    page = session.get(f"{url}/login", timeout=20).text
    found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert found is not None
    answer = session.post(
        f"{url}/login", {**form, "csrfmiddlewaretoken": found.group(1)}, headers={"Referer": f"{url}/login"}, timeout=20
    )
    answer.raise_for_status()
    return dict(session.cookies)


def _play(house: DispatchHouse, stages: list[Stage]) -> list[Told]:
    with ThreadPoolExecutor(len(stages)) as pool:
        playing = [pool.submit(scene, stage) for scene, stage in zip(SCENES, stages, strict=True)]
        _look_after(house, playing)
    for stage, played in zip(stages, playing, strict=True):
        stage.told.failed = str(played.exception() or "")
    return [stage.end() for stage in stages]


def _kill(house: DispatchHouse, stage: Stage) -> None:
    """Both workers die while one of them asks for the token that all of them need."""
    stage.desk(answer="hang")
    stage.ask(stage.vins)
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(stage.until_asked)
        _look_after(house, [asked])
        for worker in house.workers:
            assert worker.child is not None
            worker.child.kill()
        stage.desk()
        over = pool.submit(stage.until_over, stage.vins)
        _look_after(house, [over])
    stage.told.failed = str(asked.exception() or over.exception() or "")


def _look_after(house: DispatchHouse, playing: list[Future[None]]) -> None:
    """Until all are over."""

    def probe() -> str | None:
        left = sum(not one.done() for one in playing)
        return f"{left} scenes go on" if left else None

    house.look_after("The scenes to be over", probe, 4 * PATIENCE)


if __name__ == "__main__":
    with redirect_stdout(sys.stderr):
        found = run()
    print(json.dumps([asdict(one) for one in found]))
