"""A manufacturer's cloud that keeps a record of what it receives, a process of its own.

    python -m benchmarks.upstream PORT '<Manners as JSON>'

It takes callbacks and remote actions as the published API does, and notifies `Success` after a while. GET /received
gives what came in, oldest first, as Receipts; POST /forget begins anew.
"""

import asyncio
import json
import random
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any

import aiohttp
import uvloop
from aiohttp import web

BASE = "/connectedcar/v3"
CALLBACKS = f"{BASE}/fleets/{{fid}}/remote/callbacks"
VEHICLE = f"{BASE}/fleets/{{fid}}/vehicles/{{vid}}"
REMOTES = f"{VEHICLE}/callbacks/{{cbid}}/remotes"

REFUSED, CUT, TAKEN = "429", "cut", "202"


@dataclass(frozen=True)
class Manners:
    """How it behaves. Seconds, the least and the most: until the answer, and from there to Done; none: no Done.

    Shares of the sends: `refused` are answered 429, `cut` are taken and get no answer, `slow` take `slow_done` to Done.
    """

    seed: int = 1
    answer: tuple[float, float] = (0.0, 0.0)
    done: tuple[float, float] | None = None
    slow_done: tuple[float, float] = (0.0, 0.0)
    refused: float = 0.0
    cut: float = 0.0
    slow: float = 0.0


@dataclass
class Receipt:
    """A remote action as it came in. Times in seconds since 1970; `done_at` None: it is not, or was not taken."""

    vehicle: str
    label: str
    at: float
    outcome: str = TAKEN
    answered_at: float = 0.0
    done_at: float | None = None


@dataclass
class Cloud:
    """What it knows."""

    manners: Manners
    receipts: list[Receipt] = field(default_factory=list)
    actions: dict[str, tuple[Receipt, dict[str, Any]]] = field(default_factory=dict)
    callbacks: dict[str, dict[str, Any]] = field(default_factory=dict)
    later: set[asyncio.Task[None]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.draw = random.Random(f"cloud {self.manners.seed}")

    async def send(self, request: web.Request) -> web.StreamResponse:
        receipt = Receipt(request.match_info["vid"], "", time.time())
        body = await request.read()
        remote = json.loads(body)
        receipt.label = str(remote.get("label"))
        self.receipts.append(receipt)
        receipt.outcome = self._outcome()
        await asyncio.sleep(self._between(self.manners.answer))
        if receipt.outcome != REFUSED:
            action_id = f"a{len(self.actions) + 1}"
            self.actions[action_id] = (receipt, remote)
            self._do_later(request, action_id)
        receipt.answered_at = time.time()
        if receipt.outcome == CUT and request.transport is not None:
            request.transport.abort()
        if receipt.outcome == REFUSED:
            return web.json_response({"message": "slow down"}, status=429, headers={"Retry-After": "1"})
        return web.json_response({"remoteActionId": action_id}, status=202)

    def _outcome(self) -> str:
        luck = self.draw.random()
        if luck < self.manners.refused:
            return REFUSED
        return CUT if luck < self.manners.refused + self.manners.cut else TAKEN

    def _between(self, span: tuple[float, float]) -> float:
        return self.draw.uniform(*span)

    def _do_later(self, request: web.Request, action_id: str) -> None:
        manners = self.manners
        if manners.done is None:
            return
        seconds = self._between(manners.slow_done if self.draw.random() < manners.slow else manners.done)
        task = asyncio.create_task(self._finish(request.match_info["cbid"], action_id, seconds))
        self.later.add(task)
        task.add_done_callback(self.later.discard)

    async def _finish(self, callback_id: str, action_id: str, seconds: float) -> None:
        await asyncio.sleep(seconds)
        receipt, remote = self.actions[action_id]
        receipt.done_at = time.time()
        event = {
            "remoteActionId": action_id,
            "vin": receipt.vehicle,
            "remoteType": next(key for key in remote if key != "label"),
            "eventDate": datetime.now(UTC).isoformat(),
            "eventStatus": {"type": "Done", "status": "Success"},
        }
        webhook = self.callbacks[callback_id]["callback"]["webhook"]
        headers = {item["key"]: item["value"] for item in webhook["attributes"]}
        body = {"callbackId": callback_id, "attributes": [], "events": [event]}
        async with self.session.post(webhook["target"], json=body, headers=headers) as answer:
            answer.raise_for_status()

    async def list_remotes(self, request: web.Request) -> web.Response:
        vehicle = request.match_info["vid"]
        found = [self._document(id) for id, (receipt, _) in self.actions.items() if receipt.vehicle == vehicle]
        return web.json_response({"_embedded": {"remoteActions": found}, "_links": {}})

    async def read(self, request: web.Request) -> web.Response:
        action_id = request.match_info["rid"]
        if action_id not in self.actions:
            return web.json_response({"message": "no such action"}, status=404)
        return web.json_response(self._document(action_id))

    def _document(self, action_id: str) -> dict[str, Any]:
        receipt, remote = self.actions[action_id]
        return {"remoteActionId": action_id, "remote": remote, "status": "Success" if receipt.done_at else "Accepted"}

    async def register(self, request: web.Request) -> web.Response:
        callback_id = f"c{len(self.callbacks) + 1}"
        self.callbacks[callback_id] = await request.json()
        return web.json_response({"callbackId": callback_id})

    async def read_callback(self, request: web.Request) -> web.Response:
        known = self.callbacks.get(request.match_info["cbid"])
        if known is None:
            return web.json_response({"message": "no such callback"}, status=404)
        return web.json_response({"status": "Running", "subscribe": known})

    async def vehicle(self, _request: web.Request) -> web.Response:
        return web.json_response({})

    async def received(self, _request: web.Request) -> web.Response:
        return web.json_response([asdict(receipt) for receipt in self.receipts])

    async def forget(self, _request: web.Request) -> web.Response:
        self.receipts.clear()
        return web.json_response({})

    def application(self) -> web.Application:
        app = web.Application()
        app.router.add_post(REMOTES, self.send)
        app.router.add_get(REMOTES, self.list_remotes)
        app.router.add_get(f"{REMOTES}/{{rid}}", self.read)
        app.router.add_post(CALLBACKS, self.register)
        app.router.add_get(f"{CALLBACKS}/{{cbid}}", self.read_callback)
        app.router.add_get(VEHICLE, self.vehicle)
        app.router.add_get(f"{VEHICLE}/status", self.vehicle)
        app.router.add_get("/received", self.received)
        app.router.add_post("/forget", self.forget)
        app.cleanup_ctx.append(self._client)
        return app

    async def _client(self, _app: web.Application) -> Any:
        async with aiohttp.ClientSession() as self.session:
            yield


def main(words: Sequence[str]) -> None:
    manners = Manners(**json.loads(words[1]))
    loop = uvloop.new_event_loop()
    web.run_app(
        Cloud(manners).application(), host="127.0.0.1", port=int(words[0]), print=None, access_log=None, loop=loop
    )


if __name__ == "__main__":
    main(sys.argv[1:])
