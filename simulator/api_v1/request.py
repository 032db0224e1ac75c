"""What a handler of v1 needs of its request: the scopes of its token, and the things that the path names."""

import hmac
from collections.abc import Collection

from aiohttp import web

from simulator import callbacks, world
from simulator.api.hal import NotFound, Refusal
from simulator.api.request import CLOUD
from simulator.api_v1.answers import error
from simulator.api_v1.tokens import scopes_of
from simulator.callbacks import Callback
from simulator.vehicles import garage
from simulator.vehicles.vehicle import Vehicle

SCOPES: web.RequestKey[frozenset[str]] = web.RequestKey("scopes", frozenset[str])


def let_in(request: web.Request) -> web.Response | None:
    """Take the bearer token and the client id of a request; the answer where one of them is wrong."""
    granted = scopes_of(request.app[CLOUD], request.headers.get("Authorization", ""))
    client = hmac.compare_digest(request.query.get("client_id", "").encode(), world.V1_CLIENT_ID.encode())
    if granted is None:
        challenge = {"WWW-Authenticate": 'Bearer realm="Connected Car API v1", error="invalid_token"'}
        return error(401, "The access token is missing, unknown or has ended.", challenge)
    if not client:
        return error(401, "?client_id= is required, and must be that of the token.")
    request[SCOPES] = granted
    return None


def need(request: web.Request, scopes: Collection[str]) -> None:
    """Raise Refusal unless the token has one of the scopes, or there are none."""
    if scopes and request[SCOPES].isdisjoint(scopes):
        raise Refusal(403, f"The access token lacks the scope {' or '.join(sorted(scopes))}.")


def vehicle(request: web.Request) -> Vehicle:
    """The vehicle that the path names. Raises NotFound."""
    found = garage.vehicle_of_account(request.app[CLOUD].db, request.match_info["vid"])
    if found is None:
        raise NotFound("No such vehicle in this account.")
    return found


def channel(request: web.Request) -> Callback:
    """The channel that the path names. Raises NotFound."""
    found = callbacks.get(request.app[CLOUD].db, request.match_info["chid"], dialect="v1")
    if found is None:
        raise NotFound("No such channel in this account.")
    return found
