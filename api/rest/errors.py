"""The published error shape: `{code, uuid, message, timestamp}`, `code` = HTTP status and two digits (xError)."""

import logging
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

from protocol.canonical import format_time
from protocol.errors import Invalid

logger = logging.getLogger(__name__)

# The two digits behind the HTTP status, where one status has several meanings.
GENERAL = 99
INVALID_BODY = 1
NOT_ALLOWED_FOR_CALLBACK = 2
NOT_SUPPORTED_BY_VEHICLE = 3


class ApiError(exceptions.APIException):
    """An error with its HTTP status and words for the caller."""

    def __init__(self, status: int, message: str, digits: int = GENERAL) -> None:
        super().__init__(message)
        self.status_code = status
        self.digits = digits


def error_body(status: int, message: str, digits: int = GENERAL) -> dict[str, Any]:
    return {
        "code": status * 100 + digits,
        "uuid": str(uuid.uuid4()),
        "message": message,
        "timestamp": format_time(datetime.now(UTC)),
    }


def handle(error: Exception, context: Mapping[str, Any]) -> Response | None:
    """DRF's exception handler: every error leaves in the published shape."""
    if isinstance(error, Invalid):
        error = ApiError(400, str(error), INVALID_BODY)
    elif isinstance(error, Http404):
        error = ApiError(404, str(error) or "Not found.")
    elif isinstance(error, PermissionDenied):
        error = ApiError(403, "Not allowed.")
    if not isinstance(error, exceptions.APIException):
        return None
    set_rollback()
    digits = error.digits if isinstance(error, ApiError) else GENERAL
    response = Response(
        error_body(error.status_code, _message(error), digits),
        status=error.status_code,
        content_type="application/json",
    )
    if error.status_code == 401:
        response["WWW-Authenticate"] = 'Basic realm="FleetRemote"'
    return response


def _message(error: exceptions.APIException) -> str:
    detail = error.detail
    if isinstance(error, exceptions.ParseError):
        return f"The body can't be read as JSON: {detail}"
    return str(detail) if isinstance(detail, str) else str(error)


@csrf_exempt
def api_not_found(request: HttpRequest) -> HttpResponse:
    """404 for a path below the API that does not exist."""
    return JsonResponse(error_body(404, f"There is no {request.path} in this API."), status=404)


def is_for_api(request: HttpRequest) -> bool:
    """Whether the address is below the API, so that errors are told in the published shape."""
    return request.path.startswith("/connectedcar/")


def api_server_error() -> HttpResponse:
    return JsonResponse(error_body(500, "Something went wrong here; try again."), status=500)


def api_database_away() -> HttpResponse:
    return JsonResponse(error_body(503, "FleetRemote's database does not answer; try again in a moment."), status=503)
