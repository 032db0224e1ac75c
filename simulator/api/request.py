"""What a handler needs of its request: the cloud, the body, and the things that the path names."""

import json
from collections.abc import Callable
from typing import Any

from aiohttp import web

from protocol.catalogue import BY_V3_TYPE_NAME
from protocol.errors import Invalid
from simulator import callbacks
from simulator.api.hal import NotFound, Refusal
from simulator.callbacks import Callback
from simulator.cloud import Cloud, Luck
from simulator.database import Row
from simulator.vehicles import garage
from simulator.vehicles.vehicle import Vehicle

CLOUD = web.AppKey("cloud", Cloud)
LUCK = web.RequestKey("luck", Luck)


async def body(request: web.Request) -> Any:
    """The request's JSON. Raises Invalid when it is none."""
    try:
        return json.loads(await request.text(), parse_constant=_no_number)
    except (ValueError, RecursionError, LookupError) as error:
        raise Invalid("", "the body must be JSON in UTF-8") from error


def _no_number(name: str) -> Callable[[], None]:
    raise ValueError(name)


def fleet(request: web.Request) -> Row:
    """The fleet that the path names. Raises NotFound."""
    row = garage.fleet(request.app[CLOUD].db, request.match_info["fid"])
    if row is None:
        raise NotFound("No such fleet.")
    return row


def vehicle(request: web.Request) -> Vehicle:
    """The vehicle that the path names, of the fleet that it names. Raises NotFound."""
    fleet(request)
    found = garage.vehicle(request.app[CLOUD].db, request.match_info["vid"], request.match_info["fid"])
    if found is None:
        raise NotFound("No such vehicle in this fleet.")
    return found


def callback(request: web.Request) -> Callback:
    """The callback that the path names, of the fleet that it names. Raises NotFound."""
    fleet(request)
    found = callbacks.get(request.app[CLOUD].db, request.match_info["cbid"], request.match_info["fid"])
    if found is None:
        raise NotFound("No such callback in this fleet.")
    return found


def refuse_unpublished(request: web.Request, type_name: str) -> None:
    """Raise Refusal for a remote type that the published API does not have, where the cloud is strict."""
    strict = request.app[CLOUD].settings.strict
    known = BY_V3_TYPE_NAME.get(type_name)
    if strict is not None and (known is None or known.v3.extension):
        raise Refusal(strict, f"{type_name} is no remote type of this API.")
