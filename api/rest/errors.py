"""Errors of the API: what is wrong is said once, and leaves in the shape of the dialect whose address it is."""

from collections.abc import Mapping
from enum import Enum
from http import HTTPStatus
from typing import Any, Protocol

from django.core.exceptions import PermissionDenied
from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

from protocol.errors import Invalid


class Meaning(Enum):
    """What one status may mean beside the general: a dialect may have words of its own for it, or another status."""

    GENERAL = "general"
    INVALID_BODY = "invalid-body"
    NOT_ALLOWED_FOR_CALLBACK = "not-allowed-for-callback"
    # The vehicle can't do this now, or not with this value, or is gone.
    NOT_POSSIBLE = "not-possible"
    # The vehicle, or the cloud that it is reached by, does not have the feature at all.
    LACKS_FEATURE = "lacks-feature"
    NO_DATA = "no-data"
    # This API has no such kind of channel.
    UNKNOWN_CHANNEL_KIND = "unknown-channel-kind"


class ErrorShape(Protocol):
    """How a dialect tells an error."""

    def status(self, status: int, meaning: Meaning) -> int:
        """The HTTP status that the dialect has for it."""

    def body(self, status: int, message: str, meaning: Meaning = Meaning.GENERAL) -> dict[str, Any]:
        """The answer's JSON; `status` is the dialect's already."""


class ApiError(exceptions.APIException):
    """An error with its HTTP status, words for the caller, and headers for the answer."""

    def __init__(
        self,
        status: int,
        message: str,
        meaning: Meaning = Meaning.GENERAL,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status_code = status
        self.meaning = meaning
        self.headers = headers or {}


def handle(error: Exception, context: Mapping[str, Any]) -> Response | None:
    """DRF's exception handler: every error leaves in the shape of the view's dialect."""
    if isinstance(error, Invalid):
        error = ApiError(400, str(error), Meaning.INVALID_BODY)
    elif isinstance(error, Http404):
        error = ApiError(404, str(error) or "Not found.")
    elif isinstance(error, PermissionDenied):
        error = ApiError(403, "Not allowed.")
    if not isinstance(error, exceptions.APIException):
        return None
    set_rollback()
    told = error if isinstance(error, ApiError) else ApiError(error.status_code, _message(error))
    shape: ErrorShape = context["view"].error_shape
    status = shape.status(told.status_code, told.meaning)
    response = Response(
        shape.body(status, str(told.detail), told.meaning),
        status=status,
        content_type="application/json",
        headers=dict(told.headers),
    )
    # DRF notes on a 401 how to sign in, as the view's authentication has it.
    challenge = getattr(error, "auth_header", None)
    if status == HTTPStatus.UNAUTHORIZED and challenge:
        response["WWW-Authenticate"] = challenge
    return response


def _message(error: exceptions.APIException) -> str:
    detail = error.detail
    if isinstance(error, exceptions.ParseError):
        return f"The body can't be read as JSON: {detail}"
    return str(detail) if isinstance(detail, str) else str(error)
