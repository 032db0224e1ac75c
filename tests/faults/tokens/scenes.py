"""What is done to the token endpoint of a small v1 cloud while commands are asked for, and what came of it.

A scene is a thread's: it asks for commands over the API, and waits for what the API shows of them.
"""

import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from html import unescape
from typing import Any

import requests

from benchmarks.dispatch_house import DispatchHouse
from benchmarks.dispatch_world import Wanted, World
from launcher.probes import free_port
from tests.clouds import tokens, v1
from tests.faults.matrix.api import Api

VEHICLES = 6
LONG, SHORT = "PT300S", "PT6S"
"""Times to live. What has the long one waits until the endpoint is well again; the other is over before."""
PATIENCE = 60.0
"""Seconds for each thing that a scene waits for, at the most."""
LOOK_AGAIN = 0.2
ODD_LIVES: tuple[Any, ...] = (None, "3600", -5, 10**12, "soon", [])
"""What is said of a token's life."""
HORN: dict[str, Any] = {"horn": {"state": "Activated"}}
LIGHTS: dict[str, Any] = {"lights": {"on": True}}


@dataclass
class Told:
    """What came of a scene's commands, by the vehicle that each was for.

    `words` are those that the API has shown of one while it waited, `page` what the page of one of them said then;
    `ends` state, status and words in the end; `came`
    and `executed` how often the cloud had it, and did it. `refused`: answers of our API that were no 202. `tokens`:
    requests for a token meanwhile, `at_once` the most of them; `refused_at_the_api`: requests whose token was not
    taken. `failed`: what a scene has waited for in vain.
    """

    name: str
    words: dict[str, list[str]] = field(default_factory=dict)
    page: str = ""
    ends: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    came: dict[str, int] = field(default_factory=dict)
    executed: dict[str, int] = field(default_factory=dict)
    failed: str = ""
    refused: list[str] = field(default_factory=list)
    tokens: int = 0
    at_once: int = 0
    refused_at_the_api: int = 0


class Stage:
    """A cloud with its vehicles, and FleetRemote's account there, whose first token is over when a scene begins."""

    def __init__(self, house: DispatchHouse, name: str) -> None:
        self._house, self.told = house, Told(name)
        port, token_port = free_port(None), free_port(None)
        self._url = f"http://127.0.0.1:{port}"
        house.start_program(f"cloud-{name}", ["tests.clouds", str(port), str(VEHICLES), str(token_port)], port)
        self.desk(life=1.0)
        vehicles = [(one["vin"], id) for id, one in self._record().items()]
        self.vins = [vin for vin, _ in vehicles]
        token_url = f"http://127.0.0.1:{token_port}{tokens.PATH}"
        self.wanted = Wanted(
            f"{self._url}{v1.BASE}", "account", vehicles, 1, name, token_url, tokens.CLIENT, tokens.SECRET
        )
        self._paths: dict[str, tuple[str, str]] = {}
        self._seen: dict[str, dict[str, Any]] = {}

    def enter(self, world: World, cookies: dict[str, str]) -> None:
        """`cookies`: of somebody who may see its pages."""
        self._api, self._cookies = Api(self._house, world), cookies
        self._before = self._count()

    def desk(self, **given: Any) -> None:
        """How tokens are given from now on: a tests.clouds.tokens.Desk."""
        self._put("/control/tokens", given)

    def vehicle(self, vin: str, **manners: Any) -> None:
        self._put(f"/control/vehicles/{dict(self.wanted.vehicles)[vin]}", manners)

    def ask(self, vins: Sequence[str], body: dict[str, Any] = HORN, live: str = LONG) -> None:
        """Have something done by each."""
        for vin in vins:
            answer = self._api.call("POST", self._api.world.paths[vin], {**body, "timeToLive": live})
            assert answer is not None
            if answer.status_code != 202:
                self.told.refused.append(f"{answer.status_code} {answer.text}")
                continue
            self._paths[vin] = (f"{self._api.world.paths[vin]}/{answer.json()['remoteActionId']}", next(iter(body)))

    def until(self, what: str, vins: Sequence[str], is_so: Callable[[dict[str, Any]], bool]) -> None:
        """Until the API shows this of the command of each vehicle; what it says meanwhile is kept."""
        end = time.monotonic() + PATIENCE
        left = [*vins]
        while left:
            for vin in vins:
                self._read(vin)
            left = [vin for vin in left if not is_so(self._seen[vin])]
            if left and time.monotonic() > end:
                raise AssertionError(f"{self.told.name}: not {what}: {self._seen[left[0]]}")
            time.sleep(LOOK_AGAIN)

    def until_over(self, vins: Sequence[str]) -> None:
        self.until("over", vins, lambda shown: shown.get("state") in ("done", "expired", "failed", "cancelled"))

    def until_said(self, words: str, vins: Sequence[str]) -> None:
        self.until(f"said “{words}”", vins, lambda shown: words in shown.get("detail", ""))

    def until_asked(self) -> None:
        """Until a token was asked for since the scene began."""
        end = time.monotonic() + PATIENCE
        while self._count()["in_all"] == self._before["in_all"]:
            assert time.monotonic() < end, f"{self.told.name}: no token was asked for"
            time.sleep(LOOK_AGAIN)

    def look_at_page(self, vin: str) -> None:
        """Keep what the page of the vehicle's command says to people while it waits, without its tags.

        While a worker is at it, it says that it is on its way.
        """
        fleet, vehicle, action = (self._paths[vin][0].split("/")[place] for place in (4, 6, -1))
        url = f"{self._house.wishes.local_url}/fleets/{fleet}/vehicles/{vehicle}/actions/{action}"
        end = time.monotonic() + PATIENCE
        while "On its way to the manufacturer's cloud." in (page := self._page(url)):
            assert time.monotonic() < end, f"{self.told.name}: it never waited"
            time.sleep(LOOK_AGAIN)
        self.told.page = page

    def _page(self, url: str) -> str:
        answer = requests.get(url, cookies=self._cookies, timeout=20)
        answer.raise_for_status()
        return " ".join(unescape(re.sub(r"<[^>]*>", " ", answer.text)).split())

    def end(self) -> Told:
        """What came of all that was asked for."""
        told, after = self.told, self._count()
        told.tokens = after["in_all"] - self._before["in_all"]
        told.at_once = after["at_once"]
        told.refused_at_the_api = after["refused_at_the_api"] - self._before["refused_at_the_api"]
        record = {one["vin"]: one for one in self._record().values()}
        for vin, (_, key) in self._paths.items():
            self._read(vin)
            shown = self._seen[vin]
            told.ends[vin] = (shown.get("state", ""), shown.get("status", ""), shown.get("detail", ""))
            told.came[vin] = sum(asked == key for _, _, asked in record[vin]["came"])
            told.executed[vin] = sum(done == key for _, done in record[vin]["executed"])
        return told

    def _read(self, vin: str) -> None:
        answer = self._api.call("GET", self._paths[vin][0])
        if answer is None or not answer.ok:
            return
        shown = self._seen[vin] = answer.json()
        words = self.told.words.setdefault(vin, [])
        if shown.get("detail") and shown["detail"] not in words:
            words.append(shown["detail"])

    def _count(self) -> dict[str, Any]:
        found: dict[str, Any] = requests.get(f"{self._url}/control/tokens", timeout=20).json()
        return found

    def _record(self) -> dict[str, Any]:
        found: dict[str, Any] = requests.get(f"{self._url}/control/record", timeout=20).json()
        return found

    def _put(self, path: str, given: dict[str, Any]) -> None:
        requests.put(f"{self._url}{path}", json=given, timeout=20).raise_for_status()


def _unwell(stage: Stage, **desk: Any) -> None:
    """Commands wait while the endpoint is unwell; those with a short life end, and the others go when it is well."""
    stage.desk(**desk)
    stage.ask(stage.vins[:4])
    stage.ask(stage.vins[4:], live=SHORT)
    stage.until_said("token", stage.vins[:4])
    stage.until_over(stage.vins[4:])
    stage.look_at_page(stage.vins[0])
    stage.desk()
    stage.until_over(stage.vins)


def down(stage: Stage) -> None:
    _unwell(stage, down=True)


def hanging(stage: Stage) -> None:
    _unwell(stage, answer="hang")


def with_errors(stage: Stage) -> None:
    _unwell(stage, answer="502 page")


def refusing(stage: Stage) -> None:
    _unwell(stage, answer="invalid_client")


def refused_always(stage: Stage) -> None:
    """The API takes no token that the endpoint gives."""
    stage.desk(revoked=-1)
    stage.ask(stage.vins[:2])
    stage.ask(stage.vins[2:4], live=SHORT)
    stage.until_over(stage.vins[2:4])
    stage.desk()
    stage.until_over(stage.vins[:4])


def refused_once(stage: Stage) -> None:
    """One token is taken back early."""
    stage.desk(revoked=1)
    stage.ask(stage.vins)
    stage.until_over(stage.vins)


def slow(stage: Stage) -> None:
    """All ask at once, in two workers, and none has a token."""
    stage.desk(seconds=0.8)
    stage.ask(stage.vins)
    stage.until_over(stage.vins)


def of_one_second(stage: Stage) -> None:
    """So it is said; the cloud takes a token for longer, else a slow machine would never have one that is taken."""
    stage.desk(expires_in=1, life=10.0)
    stage.ask(stage.vins)
    stage.until_over(stage.vins)


def odd(stage: Stage) -> None:
    """Nobody can know how long its tokens are good, and the API refuses each when it is used for the next command."""
    for vin, said in zip(stage.vins, ODD_LIVES, strict=True):
        stage.desk(expires_in=said, revoked=1)
        stage.ask([vin])
        stage.until_over([vin])


def narrow(stage: Stage) -> None:
    """Fewer scopes are granted than are asked for: Lights may be sent, and Horn is refused here."""
    stage.desk(scope="channel channel:write data:vehicle data:telemetry remote remote:lights:write")
    stage.ask(stage.vins[:2], LIGHTS)
    stage.until_over(stage.vins[:2])
    stage.ask(stage.vins[2:4], HORN)


def lacking(stage: Stage) -> None:
    """501, as published, and as a page of something in front, after which the truth is looked up."""
    stage.vehicle(stage.vins[0], lacks=True)
    stage.vehicle(stage.vins[1], answer="501 page")
    stage.ask(stage.vins[:2])
    stage.until_over(stage.vins[:2])


SCENES: tuple[Callable[[Stage], None], ...] = (
    down,
    hanging,
    with_errors,
    refusing,
    refused_always,
    refused_once,
    slow,
    of_one_second,
    odd,
    narrow,
    lacking,
)
