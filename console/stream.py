"""Server-sent events of a page: each says only that there is news, the page then reads it. No database is held."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import redis.asyncio
from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.auth.models import User
from django.db import connections
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import aget_object_or_404
from django.views.decorators.http import require_GET

from fleets.access import vehicles_of
from remotes.live import channel

# Seconds between signs of life, by which both ends notice a broken connection.
HEARTBEAT = 15.0

Answer = HttpResponse | StreamingHttpResponse


@require_GET
async def vehicle_stream(request: HttpRequest, fleet_id: str, vehicle_id: str) -> Answer:
    """GET …/live of a vehicle."""
    return await news_stream(
        request, lambda user: vehicles_of(user).filter(fleet__public_id=fleet_id, public_id=vehicle_id), channel
    )


async def news_stream(
    request: HttpRequest, rows_of: Callable[[User], QuerySet[Any]], channel_of: Callable[[int], str]
) -> Answer:
    """text/event-stream with an event `changed` at the start and for each piece of news about the one row."""

    async def news_of(row: Any) -> AsyncIterator[bytes]:
        return news(channel_of(row.pk))

    return await open_stream(request, rows_of, news_of)


async def open_stream(
    request: HttpRequest,
    rows_of: Callable[[User], QuerySet[Any]],
    news_of: Callable[[Any], Awaitable[AsyncIterator[bytes]]],
) -> Answer:
    """text/event-stream of what `news_of` gives for the one row, which may ask the database before it returns."""
    user = await request.auser()
    if not isinstance(user, User):
        return HttpResponse(status=401)
    try:
        row = await aget_object_or_404(rows_of(user))
    except Http404:
        # As any answer but 200, it tells an EventSource not to come back.
        return HttpResponse(status=404)
    events = await news_of(row)
    await sync_to_async(connections.close_all)()
    response = StreamingHttpResponse(events, content_type="text/event-stream")
    response["Cache-Control"] = "no-store"
    response["X-Accel-Buffering"] = "no"
    return response


async def news(
    name: str, concerns: Callable[[bytes], bool] = lambda message: True, pace: float = 0.0
) -> AsyncIterator[bytes]:
    """An event `changed` for messages on a channel that concern the page, at most one in `pace` seconds."""
    clock = asyncio.get_running_loop().time
    client = redis.asyncio.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=1.0)
    try:
        async with client.pubsub() as subscription:
            await subscription.subscribe(name)
            yield b"retry: 2000\nevent: changed\ndata: start\n\n"
            told = spoke = clock()
            waits = False
            while True:
                until = told + pace if waits else spoke + HEARTBEAT
                message = await subscription.get_message(
                    ignore_subscribe_messages=True, timeout=max(0.0, until - clock())
                )
                waits = waits or (message is not None and concerns(message["data"]))
                if waits and clock() >= told + pace:
                    yield b"event: changed\ndata: news\n\n"
                    told, spoke, waits = clock(), clock(), False
                elif clock() >= spoke + HEARTBEAT:
                    yield b": still here\n\n"
                    spoke = clock()
    except redis.RedisError:
        # The stream ends; the page polls meanwhile and opens a new one.
        return
    finally:
        await client.aclose()
