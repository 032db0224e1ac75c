"""Connected Car v1: its paths and shapes. An account is a client; all of them have the same vehicles.

Besides what web.py has, PUT /control/tokens takes a tokens.Desk, GET /control/tokens gives a tokens.Count, and PUT
/control/channels `{"again": seconds}` has channels tried again sooner than published.
"""

import ssl
import uuid
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from tests.clouds import tokens
from tests.clouds.book import Action, Answer, Book, Speech
from tests.clouds.channels import MOST, Channels
from tests.clouds.tokens import Granted, Tokens
from tests.clouds.web import Handler, Route, Server, list_remotes, read_remote, take

BASE = "/api/connectedcar/v1"
NAMES = {400: "BAD_REQUEST", 401: "UNAUTHORIZED", 403: "FORBIDDEN", 404: "NOT_FOUND", 501: "REMOTE_NOT_SUPPORTED"}
TYPE_NAMES = {
    "locking": "Locking",
    "horn": "Horn",
    "lights": "Lights",
    "preconditioning": "Preconditioning",
    "onboardPersonalData": "OnboardPersonalData",
    "charging": "Charging",
    "stolen": "Stolen",
    "wakeup": "Wakeup",
    "navigation": "Navigation",
    "vehicleFinder": "VehicleFinder",
    "immobilization": "Immobilization",
    "tan": "",
}
"""The RemoteType of each key of an action."""
OF_EVENTS = {
    "locking": "Doors",
    "preconditioning": "ThermalPreconditioning",
    "charging": "ElectricBatteryChargingRequest",
    "wakeup": "WakeUp",
    "tan": "Tan",
}
"""The types that the published webhook spells in another way."""
SCOPES = {key: f"remote:{key}:write" for key in TYPE_NAMES if key not in ("stolen", "immobilization", "tan")}
SCOPES["wakeup"] = "remote:wakeUp:write"


def key(remote: Mapping[str, Any]) -> str:
    return next(iter(remote["action"]))


def type_name(remote: Mapping[str, Any]) -> str:
    """As the API calls it: of a Tan it says which."""
    name = key(remote)
    return f"Tan.{next(iter(remote['action'][name]))}" if name == "tan" else TYPE_NAMES[name]


def error(status: int, message: str) -> Answer:
    """An xError."""
    document = {"name": NAMES.get(status, "ERROR"), "debug": f"ERROR_{uuid.uuid4().hex[:9]}", "message": message}
    return Answer(status, document, "application/json")


class Cloud(Server):
    """With its token endpoint."""

    def __init__(self, port: int, vehicles: int, token_port: int = 0, context: ssl.SSLContext | None = None) -> None:
        self.channels = Channels()
        super().__init__(port, Book(vehicles, self._speech(), port), ROUTES, guard)
        self.tokens = Tokens(token_port, context)

    @property
    def url(self) -> str:
        """The API's base."""
        return f"http://127.0.0.1:{self.server_port}{BASE}"

    def _speech(self) -> Speech:
        return Speech(base=BASE, size=100, key=key, type_name=type_name, error=error, tell=self._tell)

    def _tell(self, book: Book, action: Action, status: Mapping[str, str]) -> None:
        """Post a Message to the channel's webhook, with the body attributes of the action."""
        variables = {
            "$RemoteType": action.type_name,
            "$RemoteStatus": status["status"],
            "$RemoteLabel": str(action.remote.get("label", "")),
        }
        given = [one for one in action.remote.get("attributes", ()) if one.get("type", "Body") == "Body"]
        pairs = [{"key": one["key"], "value": variables.get(one["value"], one["value"])} for one in given]
        event = {
            "remoteActionId": action.id,
            "remoteType": OF_EVENTS.get(action.key, action.type_name),
            "eventStatus": status,
        }
        message = {
            "channelId": action.callback,
            **({"attributes": pairs} if pairs else {}),
            "type": "Remote",
            "date": datetime.now(UTC).isoformat(),
            "remoteEvent": event,
        }
        self.channels.tell(book, action.callback, message, book.vehicles[action.vehicle])


def cloud(port: int, vehicles: int, token_port: int = 0, context: ssl.SSLContext | None = None) -> Cloud:
    """`context`: the token endpoint's TLS, where it has one."""
    return Cloud(port, vehicles, token_port, context)


def _of(handler: Handler) -> Cloud:
    assert isinstance(handler.server, Cloud)
    return handler.server


def _granted(handler: Handler) -> Granted | None:
    client = handler.query.get("client_id", [""])[0]
    return _of(handler).tokens.look_at(handler.headers.get("Authorization", ""), client)


def guard(handler: Handler) -> Answer | None:
    """The gateway in front refuses whose token it does not know, or that grants nothing of what is asked for."""
    granted = _granted(handler)
    if granted is None:
        return tokens.gateway(401, "Unauthorized", "The token is not valid, or has expired.")
    handler.granted = granted
    path = urlsplit(handler.path).path.removeprefix(f"{BASE}/accounts/")
    wanted = _scopes(handler.command, path)
    if wanted and not granted.scopes & wanted:
        return tokens.gateway(403, "Forbidden", f"The token lacks the scope: {' or '.join(sorted(wanted))}")
    return None


def _scopes(method: str, path: str) -> frozenset[str]:
    """Of which a request needs one; none are published for a capability, and a remote's depends on what it asks for."""
    if path.startswith("channels"):
        return frozenset({"channel:write"} if method != "GET" else {"channel", "channel:write"})
    if path.endswith("telemetries/latest"):
        return frozenset({"data:telemetry"})
    if "/channels/" in path:
        return frozenset({"remote", *SCOPES.values()}) if method == "GET" else frozenset()
    return frozenset() if path.endswith("capability") else frozenset({"data:vehicle"})


def _channel(handler: Handler, name: str) -> dict[str, Any] | None:
    """The account's channel of that name."""
    book = handler.book
    return book.callbacks.get(name) if book.owners.get(name) == handler.granted.client else None


def post_remote(handler: Handler, body: Any, vehicle: str, channel: str) -> Answer | None:
    book = handler.book
    if vehicle not in book.vehicles or _channel(handler, channel) is None:
        return error(404, "Vehicle or channel not found")
    action = body.get("action") if isinstance(body, dict) else None
    if not isinstance(action, dict) or len(action) != 1 or next(iter(action)) not in TYPE_NAMES:
        return error(400, "Exactly one known action is needed")
    scope = SCOPES.get(key(body))
    if scope and scope not in handler.granted.scopes:
        return tokens.gateway(403, "Forbidden", f"The token lacks the scope: {scope}")
    if book.manners(vehicle).lacks:
        return error(501, "Remote operation is not supported by the vehicle")
    of_channel = f"{BASE}/accounts/channels/{channel}"
    path = f"{BASE}/accounts/vehicles/{vehicle}/channels/{channel}/remotes"

    def links(name: str) -> dict[str, Any]:
        return {"channel": {"href": of_channel}, "remote": {"href": f"{path}/{name}"}}

    answer: Answer | None = take(handler, body, vehicle, channel, links)
    return answer


def get_remotes(handler: Handler, _body: Any, vehicle: str, channel: str) -> Answer:
    return list_remotes(handler, vehicle, channel)


def get_remote(handler: Handler, _body: Any, vehicle: str, channel: str, name: str) -> Answer:
    return read_remote(handler, vehicle, channel, name)


def post_channel(handler: Handler, body: Any) -> Answer:
    if "webhook" not in body.get("channel", {}):
        return error(501, "Webhooks alone")
    if sum(owner == handler.granted.client for owner in handler.book.owners.values()) >= MOST:
        return error(400, f"The account has its {MOST} channels already")
    return _reference(handler, 200, handler.book.subscribe(body, owner=handler.granted.client))


def put_channel(handler: Handler, body: Any, name: str) -> Answer:
    if _channel(handler, name) is None:
        return error(404, "Channel not found")
    return _reference(handler, 202, handler.book.subscribe(body, name, handler.granted.client))


def put_status(handler: Handler, body: Any, name: str) -> Answer:
    if _channel(handler, name) is None:
        return error(404, "Channel not found")
    if body.get("status") not in ("Running", "Paused"):
        return error(400, "status is Running or Paused")
    handler.book.statuses[name] = body["status"]
    return _reference(handler, 202, name)


def delete_channel(handler: Handler, _body: Any, name: str) -> Answer:
    book = handler.book
    if _channel(handler, name) is None:
        return error(404, "Channel not found")
    if any(one.callback == name and not one.is_done for one in book.actions.values()):
        return error(400, "A remote is pending")
    del book.callbacks[name], book.owners[name], book.statuses[name]
    return Answer(204, None)


def get_channels(handler: Handler, _body: Any) -> Answer:
    ours = [name for name, owner in handler.book.owners.items() if owner == handler.granted.client]
    return handler.list("channels", [_whole(handler, name) for name in ours])


def get_channel(handler: Handler, _body: Any, name: str) -> Answer:
    found = _channel(handler, name)
    return error(404, "Channel not found") if found is None else Answer(200, _whole(handler, name))


def _reference(handler: Handler, status: int, name: str) -> Answer:
    links = {"channel": {"href": f"{BASE}/accounts/channels/{name}"}}
    document = {"_links": links, "channelId": name, "status": handler.book.statuses[name], **_dates()}
    return Answer(status, document)


def _whole(handler: Handler, name: str) -> dict[str, Any]:
    links = {"self": {"href": f"{BASE}/accounts/channels/{name}"}}
    subscribe, status = handler.book.callbacks[name], handler.book.statuses[name]
    return {"_links": links, "id": name, "subscribe": subscribe, "status": status, **_dates()}


def get_vehicles(handler: Handler, _body: Any) -> Answer:
    return handler.list("vehicles", [_vehicle(name, vin) for name, vin in handler.book.vehicles.items()])


def _vehicle(name: str, vin: str) -> dict[str, Any]:
    """As published: its id is in its links alone."""
    return {"_links": {"self": {"href": f"{BASE}/accounts/vehicles/{name}"}}, "vin": vin, "motorization": "Electric"}


def get_vehicle(handler: Handler, _body: Any, name: str) -> Answer:
    vin = handler.book.vehicles.get(name)
    return Answer(200, _vehicle(name, vin)) if vin else error(404, "Vehicle not found")


def get_capability(handler: Handler, _body: Any, name: str) -> Answer:
    vin = handler.book.vehicles.get(name)
    return Answer(200, {"vin": vin, "brand": "Peugeot"}) if vin else error(404, "Vehicle not found")


def get_telemetry(handler: Handler, _body: Any, name: str) -> Answer:
    if name not in handler.book.vehicles:
        return error(404, "Vehicle not found")
    return Answer(200, {"_links": {"self": {"href": urlsplit(handler.path).path}}, **_dates()})


def _dates() -> dict[str, str]:
    now = datetime.now(UTC).isoformat()
    return {"createdAt": now, "updatedAt": now}


def treat_tokens(handler: Handler, body: Any) -> Answer:
    _of(handler).tokens.treat(body)
    return Answer(200, {})


def count_tokens(handler: Handler, _body: Any) -> Answer:
    return Answer(200, asdict(_of(handler).tokens.count))


def treat_channels(handler: Handler, body: Any) -> Answer:
    _of(handler).channels.again = float(body["again"])
    return Answer(200, {})


_CHANNELS = rf"{BASE}/accounts/channels"
_VEHICLES = rf"{BASE}/accounts/vehicles"
_VEHICLE = rf"{_VEHICLES}/([^/]+)"
_REMOTES = rf"{_VEHICLE}/channels/([^/]+)/remotes"

ROUTES: tuple[Route, ...] = (
    ("POST", _REMOTES, post_remote),
    ("GET", _REMOTES, get_remotes),
    ("GET", rf"{_REMOTES}/([^/]+)", get_remote),
    ("POST", _CHANNELS, post_channel),
    ("GET", _CHANNELS, get_channels),
    ("GET", rf"{_CHANNELS}/([^/]+)", get_channel),
    ("PUT", rf"{_CHANNELS}/([^/]+)", put_channel),
    ("PUT", rf"{_CHANNELS}/([^/]+)/status", put_status),
    ("DELETE", rf"{_CHANNELS}/([^/]+)", delete_channel),
    ("GET", _VEHICLES, get_vehicles),
    ("GET", _VEHICLE, get_vehicle),
    ("GET", rf"{_VEHICLE}/capability", get_capability),
    ("GET", rf"{_VEHICLE}/telemetries/latest", get_telemetry),
    ("PUT", r"/control/tokens", treat_tokens),
    ("GET", r"/control/tokens", count_tokens),
    ("PUT", r"/control/channels", treat_channels),
)
