"""The HTTP face: who may ask, how often, which faults strike, and how errors look. The resources are beside it, and
those of v1 in simulator/api_v1.
"""

import asyncio
import base64
import binascii
import hmac
import logging
from collections.abc import Awaitable, Callable, Mapping

from aiohttp import web

from protocol.errors import Invalid
from simulator import world
from simulator.api import admin as api_admin
from simulator.api import callbacks as api_callbacks
from simulator.api import fleets as api_fleets
from simulator.api import hal
from simulator.api import remotes as api_remotes
from simulator.api.request import CLOUD, LUCK
from simulator.api_v1 import answers as v1_answers
from simulator.api_v1 import channels as v1_channels
from simulator.api_v1 import remotes as v1_remotes
from simulator.api_v1 import tokens as v1_tokens
from simulator.api_v1 import vehicles as v1_vehicles
from simulator.api_v1.request import let_in
from simulator.cloud import Cloud, Send

log = logging.getLogger(__name__)

# Seconds after which a request that gets no answer is cut: longer than any client waits, whatever the speed.
SILENCE = 120.0

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def application(cloud: Cloud) -> web.Application:
    """The web application over a running cloud."""
    app = web.Application(middlewares=[_errors, _note_sends, _guard, _faults])
    app[CLOUD] = cloud
    app.router.add_get("/healthz", _health)
    app.router.add_routes(api_fleets.routes)
    app.router.add_routes(api_callbacks.routes)
    app.router.add_routes(api_remotes.routes)
    app.router.add_routes(api_admin.routes)
    for room in (v1_tokens, v1_vehicles, v1_channels, v1_remotes):
        app.router.add_routes(room.routes)
    return app


async def _health(_request: web.Request) -> web.Response:
    return web.json_response({"status": "ok"})


def _is_v1(request: web.Request) -> bool:
    return request.path.startswith(v1_answers.BASE)


def _error(request: web.Request, status: int, message: str, headers: Mapping[str, str] | None = None) -> web.Response:
    """The error shape of the API that was asked."""
    return (v1_answers.error if _is_v1(request) else hal.error)(status, message, headers)


@web.middleware
async def _errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except Invalid as problem:
        return _error(request, 400, str(problem))
    except hal.Refusal as problem:
        return _error(request, problem.status, str(problem))
    except hal.NotFound as problem:
        return _error(request, 404, str(problem))
    except web.HTTPException as problem:
        return _error(request, problem.status, problem.text or problem.reason, _allow(problem))
    except (ConnectionError, asyncio.CancelledError):
        raise
    except Exception:
        log.exception("%s %s failed", request.method, request.path)
        return _error(request, 500, "The simulator stumbled; its log says over what.")


def _allow(problem: web.HTTPException) -> dict[str, str]:
    return {"Allow": problem.headers["Allow"]} if "Allow" in problem.headers else {}


@web.middleware
async def _note_sends(request: web.Request, handler: Handler) -> web.StreamResponse:
    if not _is_send(request):
        return await handler(request)
    cloud = request.app[CLOUD]
    send = Send(cloud.clock.now(), request.match_info["vid"], await request.read())
    cloud.sends.append(send)
    response = await handler(request)
    send.status = response.status
    return response


def _is_send(request: web.Request) -> bool:
    resource = request.match_info.route.resource
    sends = (api_remotes.ALL, v1_remotes.ALL)
    return request.method == "POST" and resource is not None and resource.canonical in sends


@web.middleware
async def _guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    # Who asks for a token proves there who it is, and no limit counts it.
    if request.path in ("/healthz", v1_tokens.PATH):
        return await handler(request)
    refusal = let_in(request) if _is_v1(request) else _let_in(request)
    if refusal is not None:
        return refusal
    if not _is_api(request):
        return await handler(request)
    limits, now = request.app[CLOUD].limits, request.app[CLOUD].clock.now()
    if not limits.take(now):
        return _error(request, 429, "Too many requests.", limits.refusal(now))
    response = await handler(request)
    response.headers.update(limits.headers(now))
    return response


def _is_api(request: web.Request) -> bool:
    return request.path.startswith(hal.BASE) or _is_v1(request)


def _let_in(request: web.Request) -> web.Response | None:
    if _may_ask(request):
        return None
    realm = {"WWW-Authenticate": 'Basic realm="Fleet Owner API v3", charset="UTF-8"'}
    return hal.error(401, "HTTP Basic credentials and ?client_id= are required.", realm)


def _may_ask(request: web.Request) -> bool:
    scheme, _, encoded = request.headers.get("Authorization", "").partition(" ")
    try:
        given = base64.b64decode(encoded.strip(), validate=True)
    except binascii.Error:
        return False
    wanted = f"{world.USER}:{world.PASSWORD}".encode()
    known = hmac.compare_digest(given, wanted)
    client = hmac.compare_digest(request.query.get("client_id", "").encode(), world.CLIENT_ID.encode())
    return scheme.lower() == "basic" and known and client


@web.middleware
async def _faults(request: web.Request, handler: Handler) -> web.StreamResponse:
    """The faults of the answers; those of the notifications are in outbox."""
    if not _is_api(request):
        return await handler(request)
    cloud = request.app[CLOUD]
    luck = request[LUCK] = cloud.luck(request.match_info.get("vid"), _is_send(request))
    slow = luck.strikes("slow")
    if slow is not None:
        await asyncio.sleep(cloud.clock.delay(luck.faults.amount("slow", 1, 5, slow)))
    if luck.strikes("timeout_before") is not None:
        await asyncio.sleep(SILENCE)
        return _cut(request)
    if luck.strikes("cut_before") is not None:
        return _cut(request)
    for fault, refuse in _REFUSALS.items():
        if luck.strikes(fault) is not None:
            return refuse(request)
    response = await handler(request)
    if luck.strikes("timeout_after") is not None:
        await asyncio.sleep(SILENCE)
        return _cut(request)
    return _cut(request) if luck.strikes("cut_after") is not None else response


_REFUSALS: dict[str, Callable[[web.Request], web.Response]] = {
    "too_many_requests": lambda request: _error(
        request, 429, "Too many requests (a fault).", {"Retry-After": "1", "X-RateLimit-Reset": "1"}
    ),
    "server_error": lambda request: _error(request, 500, "Internal error (a fault)."),
    "html_502": lambda _request: web.Response(
        text="<html><body><h1>502 Bad Gateway</h1></body></html>", status=502, content_type="text/html"
    ),
}


def _cut(request: web.Request) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    raise ConnectionResetError("cut by a fault")
