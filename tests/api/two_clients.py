"""Two API clients of one fleet, each with one of everything."""

from dataclasses import dataclass
from typing import Any

from callbacks.models import Batch, Callback
from fleets.models import ApiClient
from tests.callbacks.outbox_world import make_attempt, make_batch
from tests.rights.world import Address, addresses
from tests.world import make_action

from .conftest import BASE, SUBSCRIBE, Caller, World
from .v1.conftest import BASE as V1_BASE
from .v1.conftest import CHANNEL, LOCK, V1Caller

ADDRESSES = {address.name: address for address in addresses() if address.name.startswith(("v3:", "v1:"))}
# Both may see these; what stands below them is somebody's.
SHARED = {"fid", "vid"}
# What each address can read.
_V3 = {**SUBSCRIBE, "status": "Paused", "door": {"state": "Locked"}, "since": "2026-01-01T00:00:00Z"}
_V1 = {**CHANNEL, **LOCK, "status": "Paused"}
BODIES: dict[str, Any] = {
    "v3:callback-status": {"status": "Paused"},
    "v3:callback-replay": {"since": "2026-01-01T00:00:00Z"},
    "v3:remotes": {"horn": {"state": "Activated"}},
    "v1:remotes": {"action": {"horn": {"state": "Activated"}}},
    "v1:channel-status": {"status": "Paused"},
}


@dataclass
class Side:
    """One of the two: how it calls, and the ids of what it has, as addresses name them."""

    v3: Caller
    v1: V1Caller
    ids: dict[str, Any]

    def ask(self, method: str, address: Address, ids: dict[str, Any] | None = None, query: str = "") -> Any:
        """The answer at that address with these ids, its own where none are given."""
        path = address.of(ids or self.ids)
        body = None
        if method in ("POST", "PUT"):
            body = BODIES.get(address.name, SUBSCRIBE if address.name.startswith("v3:") else CHANNEL)
        if path.startswith(BASE):
            return self.v3.request(method, path.removeprefix(BASE), body, query=query and f"&{query}")
        return self.v1.request(method, path.removeprefix(V1_BASE), body, query and f"?{query}")


def make_side(world: World, name: str, **values: Any) -> Side:
    """A client of the world's fleet; `name` stands in all that is its own, `<name>-secret` is the value of a header."""
    row = ApiClient(client_id=f"{name}-id", name=name, username=name, burst_limit=10_000, **values)
    secret = row.new_secret()
    row.fleets.add(world.fleet)
    v3, v1 = Caller(row, secret, world.caller.http), V1Caller(row, secret, world.caller.http).sign_in()
    authorization = {"type": "Header", "key": "Authorization", "value": f"Bearer {name}-secret"}
    webhook = {"target": f"https://{name}.example.com/hook", "name": name, "attributes": [authorization]}
    subscribe = {**SUBSCRIBE, "label": name, "callback": {"webhook": webhook}}
    made = v3.post(f"/fleets/{world.fleet.public_id}/remote/callbacks", subscribe)
    channel_id = v1.channel(label=name, channel={"webhook": webhook})
    callback = Callback.objects.get(public_id=made.json()["callbackId"])
    batch = make_batch(callback, state=Batch.State.PARKED)
    make_attempt(batch, answer=name)
    asked = {"api_client": row, "label": name, "reason": name}
    action = make_action(world.vehicle, "immobilise", callback=callback, **asked)
    member = Callback.objects.get(channel__public_id=channel_id)
    on_channel = make_action(world.vehicle, "immobilise", callback=member, **asked)
    ids = {"fid": world.fleet.public_id, "vid": world.vehicle.public_id, "cbid": callback.public_id}
    ids |= {"bid": str(batch.pk), "rid": action.public_id, "chid": channel_id, "on_channel_id": on_channel.public_id}
    return Side(v3, v1, ids)
