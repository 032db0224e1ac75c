"""Asks for remote actions over FleetRemote's API, those of one vehicle one after the other."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import aiohttp

from benchmarks.dispatch_world import World

CONNECTIONS = 16


@dataclass(frozen=True)
class Asked:
    """What was asked for: the place in the list of requests, the action's id, and when it was answered 202."""

    place: int
    action_id: str
    at: float

    @property
    def label(self) -> str:
        """What it is known by at the cloud."""
        return f"fleetremote-{self.action_id}"


def ask(url: str, world: World, requests: Sequence[tuple[str, dict[str, Any]]]) -> list[Asked]:
    """POST each (VIN, body). RuntimeError when one is not answered 202."""
    return asyncio.run(_ask(url, world, requests))


async def _ask(url: str, world: World, requests: Sequence[tuple[str, dict[str, Any]]]) -> list[Asked]:
    by_vehicle: dict[str, list[int]] = {}
    for place, (vin, _) in enumerate(requests):
        by_vehicle.setdefault(vin, []).append(place)
    headers = {"Authorization": aiohttp.encode_basic_auth(world.user, world.password)}
    connector = aiohttp.TCPConnector(limit=CONNECTIONS)
    asked: list[Asked] = []
    async with aiohttp.ClientSession(connector=connector, headers=headers) as session:

        async def ask_vehicle(vin: str, places: Sequence[int]) -> None:
            address = f"{url}{world.paths[vin]}?{world.query}"
            for place in places:
                action_id = await post(session, address, requests[place][1])
                asked.append(Asked(place, action_id, time.time()))

        await asyncio.gather(*(ask_vehicle(vin, places) for vin, places in by_vehicle.items()))
    return asked


async def post(session: aiohttp.ClientSession, address: str, body: dict[str, Any]) -> str:
    """The action's id. RuntimeError when it is not answered 202."""
    async with session.post(address, json=body) as answer:
        document = await answer.json()
        if answer.status != 202:
            raise RuntimeError(f"{answer.status}: {document}")
        return str(document["remoteActionId"])
