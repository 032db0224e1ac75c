"""Server-sent events of a page: each says only that there is news, the page then reads it.

A view says who looks, and of what they are told; `fleetremote/streams/serving.py` goes on from there. Any other server
gives the beginning alone: the browser then comes again every few seconds, and that is as good.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import wraps
from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from console.requests import PageRequest
from fleets.access import is_narrowed, seen_in, vehicles_of
from fleets.models import Fleet
from fleets.sight.looking import Sight
from remotes.live import channel

START = b"retry: 2000\nevent: changed\ndata: start\n\n"


@dataclass(frozen=True)
class News:
    """What a stream tells `sight` of: the messages of a Redis channel that concern it, once in `pace` seconds at most.

    It ends with the right to see.
    """

    sight: Sight
    channel: str
    concerns: Callable[[bytes], bool] = lambda message: True
    pace: float = 0.0


class Stream(HttpResponse):
    """text/event-stream, of which this is the beginning, and how it goes on."""

    def __init__(self, news: News) -> None:
        super().__init__(START, content_type="text/event-stream")
        self.news = news
        self["Cache-Control"] = "no-store"
        self["X-Accel-Buffering"] = "no"


StreamView = Callable[..., Stream]


def stream_view(view: StreamView) -> Callable[..., HttpResponse]:
    """A stream for people: a 401 without a login. Any answer but 200 tells a browser not to come back."""

    @require_GET
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return view(request, *args, **kwargs) if request.user.is_authenticated else HttpResponse(status=401)

    cast(Any, guarded).is_stream = True
    return guarded


def sight_of(request: PageRequest, fleet_id: int, vehicle_id: int | None = None) -> Sight:
    """Who asks looks at this, by primary keys: at one vehicle, or at the whole fleet."""
    return Sight(str(request.session.session_key), request.user.pk, fleet_id, vehicle_id)


def sight_of_fleet(request: PageRequest, fleet: Fleet) -> Sight:
    """Who asks looks at what they see of the fleet, which was found for them."""
    if not is_narrowed(fleet):
        return sight_of(request, fleet.pk)
    seen = frozenset(seen_in(fleet).order_by().values_list("pk", flat=True))
    return replace(sight_of(request, fleet.pk), vehicles=seen)


@stream_view
def vehicle_stream(request: PageRequest, fleet_id: str, vehicle_id: str) -> Stream:
    """GET …/live of a vehicle."""
    vehicle = get_object_or_404(vehicles_of(request.user), fleet__public_id=fleet_id, public_id=vehicle_id)
    return Stream(News(sight_of(request, vehicle.fleet_id, vehicle.pk), channel(vehicle.pk)))
