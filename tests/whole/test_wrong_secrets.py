"""Wrong secrets by the hundred, from the same address as right ones: those are slowed, and these are served at once.

`FLEETREMOTE_TEST_LONG=1` shows 1,000 of each kind.
"""

import asyncio
import base64
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import pytest
import requests

from fleetremote.front.tries import wrong
from tests.long_form import LONG
from tests.running import Running
from tests.whole.test_webhook import address, event, stored

MANY = 1000 if LONG else 60
# Of right ones, the whole time.
MOST_SECONDS = 2.0
PROCESSES = 2


@dataclass(frozen=True)
class Wrong:
    """A request that shows a secret which is none; each shows another one."""

    url: str
    headers: dict[str, str] = field(default_factory=dict)
    form: dict[str, str] | None = None


def basic(user: str, password: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}


def wrong_ones(running: Running) -> dict[str, list[Wrong]]:
    api, (hook, _) = running.demo["api"], address(running)
    site, numbers = running.demo["web"]["url"].rstrip("/"), range(MANY)
    client = f"{api['v3']}/fleets?client_id={api['client_id']}"
    grant = {"grant_type": "client_credentials", "client_id": api["client_id"]}
    return {
        "webhook secrets": [Wrong(f"{hook[:-8]}{number:08}") for number in numbers],
        "webhooks": [Wrong(f"{site}/webhook/nobody-{number}/x") for number in numbers],
        "client secrets": [Wrong(client, basic(api["user"], f"wrong-{number}")) for number in numbers],
        "clients": [Wrong(f"{api['v3']}/fleets?client_id=x", basic(f"x{number}", "x")) for number in numbers],
        "tokens": [
            Wrong(f"{site}/api/connectedcar/v1/accounts/vehicles", {"Authorization": f"Bearer wrong-{number}"})
            for number in numbers
        ],
        "secrets for tokens": [
            Wrong(f"{site}/as/token.oauth2", form={**grant, "client_secret": f"wrong-{number}"}) for number in numbers
        ],
    }


async def shown(kinds: dict[str, list[Wrong]]) -> dict[str, list[tuple[int, float, Any]]]:
    """Each at once with all others: status, seconds, Retry-After."""
    no_limit = aiohttp.TCPConnector(limit=0, force_close=True)
    async with aiohttp.ClientSession(connector=no_limit, timeout=aiohttp.ClientTimeout(120)) as session:

        async def show(one: Wrong) -> tuple[int, float, Any]:
            began = time.monotonic()
            method = "POST" if one.form or "/webhook/" in one.url else "GET"
            async with session.request(method, one.url, headers=one.headers, data=one.form) as answer:
                await answer.read()
                return answer.status, time.monotonic() - began, answer.headers.get("Retry-After")

        told = await asyncio.gather(*(asyncio.gather(*map(show, many)) for many in kinds.values()))
    return dict(zip(kinds, told, strict=True))


class Right:
    """Who has the right secrets, and asks without pause."""

    def __init__(self, running: Running) -> None:
        self.running = running
        self.slowest: dict[str, float] = {}
        self.statuses: Counter[tuple[str, int]] = Counter()
        self.posted = 0

    def ask(self) -> None:
        for name, status in self._asked():
            self.statuses[name, status] += 1

    def _asked(self) -> Iterator[tuple[str, int]]:
        hook, header = address(self.running)
        body = {"events": [{**event(0), "remoteActionId": f"right-{self.posted}"}]}
        yield (
            "notification",
            self._timed("notification", lambda: requests.post(hook, json=body, headers=header, timeout=30)),
        )
        self.posted += 1
        yield "v3", self._timed("v3", lambda: self.running.call("GET", "/fleets"))
        token = self._timed_answer("token", self._token)
        yield "token", token.status_code
        bearer = {"Authorization": f"Bearer {token.json()['access_token']}"}
        vehicles = f"{self.running.demo['web']['url'].rstrip('/')}/api/connectedcar/v1/accounts/vehicles"
        yield "v1", self._timed("v1", lambda: requests.get(vehicles, headers=bearer, timeout=30))

    def _token(self) -> requests.Response:
        api = self.running.demo["api"]
        grant = {"grant_type": "client_credentials", "client_id": api["client_id"], "client_secret": api["password"]}
        return requests.post(f"{self.running.demo['web']['url'].rstrip('/')}/as/token.oauth2", data=grant, timeout=30)

    def _timed(self, name: str, ask: Any) -> int:
        return self._timed_answer(name, ask).status_code

    def _timed_answer(self, name: str, ask: Any) -> requests.Response:
        began = time.monotonic()
        answer: requests.Response = ask()
        self.slowest[name] = max(self.slowest.get(name, 0.0), time.monotonic() - began)
        return answer


async def beside(kinds: dict[str, list[Wrong]], right: Right) -> dict[str, list[tuple[int, float, Any]]]:
    """Right ones are shown as long as wrong ones are."""
    attack = asyncio.create_task(shown(kinds))
    while not attack.done():
        await asyncio.to_thread(right.ask)
    return await attack


@pytest.mark.timeout(300)
def test_wrong_ones_are_slowed_and_right_ones_are_not(running: Running) -> None:
    right = Right(running)
    right.ask()
    right.slowest.clear()
    told = asyncio.run(beside(wrong_ones(running), right))

    assert {status for _, status in right.statuses} == {200}
    assert max(right.slowest.values()) <= MOST_SECONDS, right.slowest
    assert stored(running, "right-") == right.posted
    assert right.posted > 1
    every = [answer for answers in told.values() for answer in answers]
    assert {status for status, *_ in every} <= {401, 429}
    assert {after for status, _, after in every if status == 429} <= {"5"}
    # So many cost nothing; of the rest each either waited, or was told to go away.
    at_once = [seconds for status, seconds, _ in every if status == 401 and seconds < wrong.STEP]
    assert len(at_once) <= PROCESSES * (wrong.FREE + 2)
    waited = [seconds for status, seconds, _ in every if status == 401 and seconds > wrong.LONGEST * 0.9]
    assert waited
    for answers in told.values():
        assert len(answers) == MANY
