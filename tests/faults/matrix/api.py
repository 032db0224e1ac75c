"""FleetRemote's own API, as the matrix asks it."""

from typing import Any

import requests

from benchmarks.dispatch_house import DispatchHouse
from benchmarks.dispatch_world import World


class Api:
    """What a client of one fleet asks."""

    def __init__(self, house: DispatchHouse, world: World) -> None:
        self._house = house
        self.world = world

    def call(
        self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None
    ) -> requests.Response | None:
        """None while the web server is away."""
        world = self.world
        url = f"{self._house.wishes.local_url}{path}?{world.query}"
        try:
            return requests.request(
                method, url, json=body, headers=headers, auth=(world.user, world.password), timeout=10
            )
        except requests.ConnectionError:
            return None
