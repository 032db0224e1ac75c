"""GET /healthz: 200 when this process answers and reaches its database. GET /health/ready: 200 when all works.

And what is said when something goes wrong.
"""

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views import defaults
from django.views.decorators.http import require_safe

from api.addresses import api_bad_request, api_server_error, shape_of
from fleetremote.pulse.readiness import reasons


def healthz(request: HttpRequest) -> JsonResponse:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return JsonResponse({"status": "no database"}, status=503)
    return JsonResponse({"status": "ok"})


@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """For whoever watches FleetRemote; a load balancer should ask `/healthz`, since pages work without workers."""
    found = reasons()
    answer = {"status": "not ready", "reasons": found} if found else {"status": "ready"}
    return JsonResponse(answer, status=503 if found else 200, headers={"Cache-Control": "no-store"})


def server_error(request: HttpRequest) -> HttpResponse:
    """500 in the published error shape below an API, a page elsewhere."""
    shape = shape_of(request)
    return api_server_error(shape) if shape else defaults.server_error(request)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400 in the published error shape below an API, a page elsewhere."""
    shape = shape_of(request)
    return api_bad_request(shape) if shape else defaults.bad_request(request, exception)
