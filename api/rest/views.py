"""What every endpoint of a published API does: who calls, how often, and the headers that tell."""

from typing import Any, cast

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from api.rest.errors import ApiError, ErrorShape
from api.rest.limits import Standing, count_request
from fleets.models import ApiClient


def caller(request: Request) -> ApiClient:
    return cast(ApiClient, request.user)


class ApiView(APIView):
    """Counts the request against the client's limits once it has shown who it is. `error_shape` is its dialect's."""

    error_shape: ErrorShape
    _standing: Standing | None = None

    def check_throttles(self, request: Request) -> None:
        self._standing = count_request(caller(request))
        if self._standing.retry_after is not None:
            raise ApiError(429, f"Too many requests: try again in {self._standing.retry_after} s.")

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        final: Response = super().finalize_response(request, response, *args, **kwargs)
        for name, value in (self._standing.headers() if self._standing else {}).items():
            final[name] = value
        return final
