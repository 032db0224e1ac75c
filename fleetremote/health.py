"""GET /healthz: 200 when this process answers and reaches its database. And what is said when something goes wrong."""

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views import defaults

from api.rest.errors import api_server_error


def healthz(request: HttpRequest) -> JsonResponse:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return JsonResponse({"status": "no database"}, status=503)
    return JsonResponse({"status": "ok"})


def server_error(request: HttpRequest) -> HttpResponse:
    """500 in the published error shape below the API, a page elsewhere."""
    return api_server_error() if request.path.startswith("/connectedcar/") else defaults.server_error(request)
