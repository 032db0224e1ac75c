"""Fleet Owner v3: its paths and shapes. One fleet, and whoever gives a password and a client_id is let in."""

import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from tests.clouds import actions
from tests.clouds.book import Action, Answer, Book, Speech
from tests.clouds.web import Handler, Route, Server, list_remotes, read_remote, take

BASE = "/connectedcar/v3"
TYPE_NAMES = {
    "preconditioning": "ThermalPreconditioning",
    "charging": "ElectricBatteryChargingRequest",
    "horn": "Horn",
    "door": "Doors",
    "lights": "Lights",
    "immobilization": "Immobilization",
    "stolen": "Stolen",
    "wakeUp": "WakeUp",
    "navigation": "Navigation",
    "state": "VehicleState",
}
"""The RemoteType of each key of a Remote."""


def key(remote: Mapping[str, Any]) -> str:
    return next(name for name in remote if name != "label")


def type_name(remote: Mapping[str, Any]) -> str:
    """As published; a type that the published file does not have is called as its key, with a capital."""
    name = key(remote)
    return TYPE_NAMES.get(name, name[:1].upper() + name[1:])


def error(status: int, message: str) -> Answer:
    """An xError."""
    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    document = {"code": status * 100 + 99, "uuid": "00000000", "message": message, "timestamp": now}
    return Answer(status, document, "application/json")


def tell(book: Book, action: Action, status: Mapping[str, str]) -> None:
    """Post an event to the callback's webhook, again as often as its policy says."""
    subscribe = book.callbacks[action.callback]
    webhook = subscribe["callback"]["webhook"]
    event = {
        "remoteActionId": action.id,
        "vin": book.vehicles[action.vehicle],
        "eventDate": datetime.now(UTC).isoformat(),
        "remoteType": action.type_name,
        "eventStatus": status,
    }
    body = {"callbackId": action.callback, "attributes": actions.pairs(webhook, "Body"), "events": [event]}
    headers = {pair["key"]: pair["value"] for pair in actions.pairs(webhook, "Header")}
    policy = subscribe.get("retryPolicy", {})
    tries = 1 if policy.get("policy") == "None" else 1 + int(policy.get("retryNumber", 3))
    for _ in range(tries):
        if actions.posted(webhook["target"], body, headers):
            return
        time.sleep(float(policy.get("retryDelay", 10)))


SPEECH = Speech(base=BASE, size=60, key=key, type_name=type_name, error=error, tell=tell)


def guard(handler: Handler) -> Answer | None:
    is_known = handler.headers.get("Authorization") and "client_id" in handler.query
    return None if is_known else error(401, "Unauthorized")


def post_remote(handler: Handler, body: Any, _fleet: str, vehicle: str, callback: str) -> Answer | None:
    book = handler.book
    if vehicle not in book.vehicles or callback not in book.callbacks:
        return error(404, "Vehicle or callback not found")
    if not isinstance(body, dict) or sum(name != "label" for name in body) != 1:
        return error(400, "Exactly one action is needed")
    if book.manners(vehicle).lacks:
        return error(400, "The vehicle does not have it")
    path = f"{BASE}/fleets/{book.fleet}/vehicles/{vehicle}/callbacks/{callback}/remotes"
    answer: Answer | None = take(handler, body, vehicle, callback, lambda id: {"remote": {"href": f"{path}/{id}"}})
    return answer


def get_remotes(handler: Handler, _body: Any, _fleet: str, vehicle: str, callback: str) -> Answer:
    return list_remotes(handler, vehicle, callback)


def get_remote(handler: Handler, _body: Any, _fleet: str, vehicle: str, callback: str, name: str) -> Answer:
    return read_remote(handler, vehicle, callback, name)


def subscribe(handler: Handler, body: Any, _fleet: str, callback: str | None = None) -> Answer:
    name = handler.book.subscribe(body, callback)
    return Answer(200 if callback is None else 202, {"callbackId": name, "status": "Running"})


def list_callbacks(handler: Handler, _body: Any, fleet: str) -> Answer:
    return handler.list("callbacks", [_callback(handler, fleet, name) for name in handler.book.callbacks])


def read_callback(handler: Handler, _body: Any, fleet: str, name: str) -> Answer:
    if name not in handler.book.callbacks:
        return error(404, "Callback not found")
    return Answer(200, _callback(handler, fleet, name))


def _callback(handler: Handler, fleet: str, name: str) -> dict[str, Any]:
    links = {"self": {"href": f"{BASE}/fleets/{fleet}/remote/callbacks/{name}"}}
    return {"_links": links, "id": name, "status": "Running", "subscribe": handler.book.callbacks[name]}


def list_fleets(handler: Handler, _body: Any) -> Answer:
    return handler.list("fleets", [{"id": handler.book.fleet, "name": "Second"}])


def list_vehicles(handler: Handler, _body: Any, _fleet: str) -> Answer:
    return handler.list("vehicles", [{"id": name, "vin": vin} for name, vin in handler.book.vehicles.items()])


def read_vehicle(handler: Handler, _body: Any, _fleet: str, name: str) -> Answer:
    vin = handler.book.vehicles.get(name)
    return Answer(200, {"id": name, "vin": vin}) if vin else error(404, "Vehicle not found")


def read_status(handler: Handler, _body: Any, _fleet: str, name: str) -> Answer:
    vin = handler.book.vehicles.get(name)
    if vin is None:
        return error(404, "Vehicle not found")
    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    return Answer(200, {"_links": {"self": {"href": urlsplit(handler.path).path}}, "vin": vin, "createdAt": now})


_FLEETS = rf"{BASE}/fleets"
_CALLBACKS = rf"{_FLEETS}/([^/]+)/remote/callbacks"
_VEHICLE = rf"{_FLEETS}/([^/]+)/vehicles/([^/]+)"
_REMOTES = rf"{_VEHICLE}/callbacks/([^/]+)/remotes"

ROUTES: tuple[Route, ...] = (
    ("POST", _REMOTES, post_remote),
    ("GET", _REMOTES, get_remotes),
    ("GET", rf"{_REMOTES}/([^/]+)", get_remote),
    ("POST", _CALLBACKS, subscribe),
    ("GET", _CALLBACKS, list_callbacks),
    ("GET", rf"{_CALLBACKS}/([^/]+)", read_callback),
    ("PUT", rf"{_CALLBACKS}/([^/]+)", subscribe),
    ("GET", _FLEETS, list_fleets),
    ("GET", rf"{_FLEETS}/([^/]+)/vehicles", list_vehicles),
    ("GET", _VEHICLE, read_vehicle),
    ("GET", rf"{_VEHICLE}/status", read_status),
)


def cloud(port: int, vehicles: int) -> Server:
    return Server(port, Book(vehicles, SPEECH, port), ROUTES, guard)
