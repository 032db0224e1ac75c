"""Errors that no view tells: an address that does not exist, a fault of ours, a database that is away.

They leave in the shape of the API below whose address they occur.
"""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from api.oauth.errors import ERRORS as OAUTH
from api.rest.errors import ErrorShape
from api.v1.errors import ERRORS as V1
from api.v3.errors import ERRORS as V3

_SHAPES: dict[str, ErrorShape] = {
    "/connectedcar/": V3,
    "/api/connectedcar/": V1,
    "/as/": OAUTH,
    # Upstream's notifications.
    "/webhook/": V3,
}


def shape_of(request: HttpRequest) -> ErrorShape | None:
    """How errors are told at this address; None where it is no API's."""
    return next((shape for prefix, shape in _SHAPES.items() if request.path.startswith(prefix)), None)


@csrf_exempt
def api_not_found(request: HttpRequest) -> HttpResponse:
    """404 for a path below an API that does not exist."""
    return _answer(shape_of(request) or V3, 404, f"There is no {request.path} in this API.")


def api_bad_request(shape: ErrorShape) -> HttpResponse:
    """400 for what no view gets to see: a host that is not ours, too many query parameters."""
    return _answer(shape, 400, "The Host header or the number of query parameters is not allowed here.")


def api_server_error(shape: ErrorShape) -> HttpResponse:
    return _answer(shape, 500, "Something went wrong here; try again.")


def api_database_away(shape: ErrorShape) -> HttpResponse:
    return _answer(shape, 503, "FleetRemote's database does not answer; try again in a moment.")


def _answer(shape: ErrorShape, status: int, message: str) -> HttpResponse:
    return JsonResponse(shape.body(status, message), status=status)
