"""What is said when a request fails: that the database is away, where that is why, else that something went wrong."""

import sys

from django.http import HttpRequest, HttpResponse
from django.template import loader

from api.addresses import api_database_away, shape_of
from fleetremote.health import server_error
from fleets.storage.away import RETRY_AFTER, is_away


def request_failed(request: HttpRequest) -> HttpResponse:
    """503 while the database is away, in the published error shape below an API and a page elsewhere; else 500.

    Django calls it where it has caught what the request has raised.
    """
    if not is_away(sys.exc_info()[1]):
        return server_error(request)
    shape = shape_of(request)
    answer = api_database_away(shape) if shape else HttpResponse(loader.render_to_string("503.html"), status=503)
    answer["Retry-After"] = str(RETRY_AFTER)
    return answer
