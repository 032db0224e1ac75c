"""Channels over the API (connected-car-v1.yaml, Channel): the client's own, each for all of its fleets."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

from django.urls import reverse
from rest_framework.request import Request
from rest_framework.response import Response

from api.rest.docs import KEEPS, query
from api.rest.errors import ApiError, Meaning
from api.rest.hal import link, whole
from api.rest.views import caller
from api.v1.docs import describes, ref
from api.v1.lookup import find_channel, no_channel
from api.v1.schemas import SCHEMAS
from api.v1.views import V1View
from callbacks import channels
from callbacks.models import Channel
from protocol.canonical import format_time
from protocol.canonical.masked import shown
from protocol.errors import NotOffered
from protocol.schema import check
from protocol.statuses import CALLBACK_RUNNING
from protocol.v1 import scopes

T = TypeVar("T")

_READ = (scopes.CHANNEL, scopes.CHANNEL_WRITE)
_WRITE = (scopes.CHANNEL_WRITE,)
_TYPES = ("Remote", "Monitor")
TYPES = query(
    "types",
    {"type": "array", "items": {"type": "string", "enum": list(_TYPES)}},
    "Only channels that take one of these; repeated, or with commas between.",
)
SUBSCRIBE = ref("ChannelSubscribe")


class ChannelsView(V1View):
    scopes = {"GET": _READ, "POST": _WRITE}

    @describes(
        "getChannels",
        "The channels of this client.",
        ref("Channels"),
        tag="Channels",
        parameters=[TYPES],
        errors=[400],
    )
    def get(self, request: Request) -> Response:
        wanted = _types(request)
        rows = [row for row in channels.channels_of(caller(request)) if _takes(row, wanted)]
        return Response(whole(request, "channels", [render_channel(request, row) for row in rows]))

    @describes(
        "postChannels",
        f"Register a channel, {channels.MOST} at the most; of the kinds only a webhook.",
        ref("ChannelRef"),
        tag="Channels",
        body=SUBSCRIBE,
        errors=[501],
    )
    def post(self, request: Request) -> Response:
        client = caller(request)
        channel = _told(lambda: channels.create(client, client.fleets.all(), request.data))
        return Response({**render_reference(request, channel), "secret": channel.secret})


class ChannelView(V1View):
    scopes = {"GET": _READ, "PUT": _WRITE, "DELETE": _WRITE}

    @describes("getChannelsById", "A channel.", ref("Channel"), tag="Channels")
    def get(self, request: Request, chid: str) -> Response:
        return Response(render_channel(request, find_channel(caller(request), chid)))

    @describes(
        "putChannelsById",
        f"Replace a channel. {KEEPS}",
        ref("ChannelRef"),
        tag="Channels",
        status=202,
        body=SUBSCRIBE,
        errors=[404, 501],
    )
    def put(self, request: Request, chid: str) -> Response:
        channel = find_channel(caller(request), chid)
        changed = _told(lambda: channels.replace(channel, request.data), chid)
        return Response(render_reference(request, changed), status=202)

    @describes(
        "deleteChannelsById",
        "Delete a channel on which nothing is pending.",
        None,
        tag="Channels",
        status=204,
        errors=[400, 404],
    )
    def delete(self, request: Request, chid: str) -> Response:
        channel = find_channel(caller(request), chid)
        _told(lambda: channels.delete(channel), chid)
        return Response(status=204)


class ChannelStatusView(V1View):
    scopes = {"PUT": _WRITE}

    @describes(
        "setChannelStatus",
        "Pause or resume a channel.",
        ref("ChannelRef"),
        tag="Channels",
        status=202,
        body=ref("ChannelStatusSetter"),
    )
    def put(self, request: Request, chid: str) -> Response:
        channel = find_channel(caller(request), chid)
        check(SCHEMAS["ChannelStatusSetter"], request.data)
        status = cast(dict[str, str], request.data)["status"]
        reason = f"Paused over the API by {caller(request).name}."
        changed = _told(lambda: channels.set_status(channel, status, reason), chid)
        return Response(render_reference(request, changed), status=202)


def _told(change: Callable[[], T], chid: str = "") -> T:
    """What the change gives; what stands against it as an error of the API."""
    try:
        return change()
    except NotOffered as error:
        raise ApiError(501, str(error), Meaning.UNKNOWN_CHANNEL_KIND) from error
    except channels.ChannelRefused as error:
        raise ApiError(400, str(error)) from error
    except Channel.DoesNotExist:
        # It was deleted at the same moment.
        raise no_channel(chid) from None


def _types(request: Request) -> set[str]:
    asked = {name for entry in request.query_params.getlist("types") for name in entry.split(",") if name}
    unknown = sorted(asked.difference(_TYPES))
    if unknown:
        raise ApiError(400, f"types: {unknown[0]!r} is not allowed; use some of {', '.join(_TYPES)}.")
    return asked


def _takes(channel: Channel, wanted: set[str]) -> bool:
    """Whether it takes one of the types that are wanted; a channel without types takes all."""
    types = channel.subscribe.get("type") or _TYPES
    return not wanted or not wanted.isdisjoint(types)


def _times(channel: Channel) -> dict[str, str]:
    return {"createdAt": format_time(channel.created_at), "updatedAt": format_time(channel.updated_at)}


def channel_link(request: Request, channel: Channel) -> dict[str, Any]:
    return link(request, reverse("v1:channel", args=[channel.public_id]))


def render_reference(request: Request, channel: Channel) -> dict[str, Any]:
    """ChannelRef."""
    return {
        "_links": {"channel": channel_link(request, channel)},
        "channelId": channel.public_id,
        "status": channels.status_of(channel),
        **_times(channel),
    }


def render_channel(request: Request, channel: Channel) -> dict[str, Any]:
    """Channel with the extension field `statusReason`; secret values of attributes are masked."""
    status = channels.status_of(channel)
    reason = "" if status == CALLBACK_RUNNING else channels.reason_of(channel)
    return {
        "_links": {"self": channel_link(request, channel)},
        "id": channel.public_id,
        "subscribe": shown(channel.subscribe),
        "status": status,
        **_times(channel),
        **({"statusReason": reason} if reason else {}),
    }
