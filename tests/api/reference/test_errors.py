"""The errors on the page are those that the API answers: each is brought about, where a request can do so."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from api.reference.problems import PROBLEMS, Problem
from tests.api.conftest import World
from tests.api.v1.conftest import CHANNEL, LOCK, ask_for_token, v1_of

BY_NAME = {problem.name: problem for problem in PROBLEMS}
DOOR = {"door": {"state": "Locked"}}
HOOK = {"callback": {"webhook": {"target": "https://example.com/hook", "name": "hook"}}}


def remotes(world: World, **more: Any) -> str:
    fleet = f"/fleets/{world.fleet.public_id}"
    callback_id = world.caller.post(f"{fleet}/remote/callbacks", HOOK | more).json()["callbackId"]
    return f"{fleet}/vehicles/{world.vehicle.public_id}/callbacks/{callback_id}/remotes"


def v1_remotes(world: World) -> str:
    return f"/accounts/vehicles/{world.vehicle.public_id}/channels/{v1_of(world).channel()}/remotes"


def with_headers(caller: Any, **headers: str) -> Any:
    caller.headers = {name.replace("_", "-"): value for name, value in headers.items()}
    return caller


def gone(world: World) -> World:
    world.vehicle.gone_at = timezone.now()
    world.vehicle.save()
    return world


def limited(world: World) -> World:
    world.caller.row.day_limit = 0
    world.caller.row.save()
    return world


def used_key(world: World) -> Any:
    caller, address = with_headers(world.caller, Idempotency_Key="k"), remotes(world)
    caller.post(address, DOOR)
    return caller.post(address, {"door": {"state": "Unlocked"}})


def cancelled_twice(world: World) -> Any:
    address = remotes(world)
    path = f"{address}/{world.caller.post(address, DOOR).json()['remoteActionId']}"
    assert world.caller.request("DELETE", path).status_code == 204
    return world.caller.request("DELETE", path)


V3: dict[str, Callable[[World], Any]] = {
    "invalid-body": lambda world: world.caller.post(remotes(world), {"door": {"state": "Open"}}),
    "no-reason": lambda world: world.caller.post(remotes(world), {"immobilization": {"activate": True}}),
    "type-not-of-callback": lambda world: world.caller.post(
        remotes(world, remoteTypes=["Doors", "Horn"]), {"lights": {"on": True}}
    ),
    "not-possible": lambda world: world.caller.post(remotes(gone(world)), DOOR),
    "bad-request": lambda world: world.caller.get("/fleets", "&pageSize=0"),
    "no-credentials": lambda world: Client().get("/connectedcar/v3/fleets"),
    "not-found": lambda world: world.caller.get("/fleets/9a1d4e6f8a0b1c2d5f0e2b7c"),
    "method": lambda world: world.caller.request("PATCH", "/fleets", {}),
    "accept": lambda world: with_headers(world.caller, Accept="text/html").get("/fleets"),
    "key-used": used_key,
    "too-late": cancelled_twice,
    "too-many": lambda world: limited(world).caller.get("/fleets"),
}
V1: dict[str, Callable[[World], Any]] = {
    "invalid-body": lambda world: v1_of(world).post(v1_remotes(world), {"action": {"locking": {"state": "Open"}}}),
    "not-possible": lambda world: v1_of(world).post(v1_remotes(gone(world)), LOCK),
    "bad-request": lambda world: v1_of(world).get("/accounts/vehicles", "?pageSize=0"),
    "no-credentials": lambda world: Client().get("/api/connectedcar/v1/accounts/vehicles"),
    "no-scope": lambda world: v1_of(world).sign_in("remote:horn:write").post(v1_remotes(world), LOCK),
    "not-found": lambda world: v1_of(world).get("/accounts/channels/7c1e9d6f0f1e7a2b3c4d5a4d"),
    "no-data": lambda world: v1_of(world).get(f"/accounts/vehicles/{world.vehicle.public_id}/telemetries/latest"),
    "channel-kind": lambda world: v1_of(world).post("/accounts/channels", CHANNEL | {"channel": {"websocket": {}}}),
}
OAUTH: dict[str, Callable[[World], Any]] = {
    "bad-request": lambda world: Client().post("/as/token.oauth2", {"grant_type": "client_credentials"}),
    "no-grant": lambda world: ask_for_token(Client(), grant_type="password", **known(world)),
    "invalid-scope": lambda world: ask_for_token(Client(), scope="nothing", **known(world)),
    "invalid-client": lambda world: ask_for_token(Client(), client_id="x", client_secret="y"),
    "method": lambda world: Client().get("/as/token.oauth2"),
}


def known(world: World) -> dict[str, str]:
    return {"client_id": world.caller.row.client_id, "client_secret": world.caller.secret}


def is_told(answer: Any, api: str, problem: Problem) -> None:
    """Its status, its code and, up to where names begin, its words."""
    body = answer.json()
    assert answer.status_code == problem.status_in(api), body
    assert str(body[{"v3": "code", "v1": "name", "oauth": "error"}[api]]) == problem.code(api)
    words = body.get("message") or body.get("error_description")
    assert words.split()[0] == problem.messages[api].split()[0], words
    assert set(problem.headers or {}) <= set(answer.headers)


WAYS = [(api, name) for api, ways in (("v3", V3), ("v1", V1), ("oauth", OAUTH)) for name in ways]


@pytest.mark.parametrize(("api", "name"), WAYS)
def test_an_error_is_told_as_the_page_says(ours: World, api: str, name: str) -> None:
    way = {"v3": V3, "v1": V1, "oauth": OAUTH}[api][name]
    is_told(way(ours), api, BY_NAME[name])
