"""Shows the OpenAPI document of a dialect."""

from typing import Any

from drf_spectacular.renderers import OpenApiJsonRenderer
from drf_spectacular.views import SpectacularJSONAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from api.reference.document import ONE_AT_A_TIME
from api.rest.errors import ErrorShape


class SchemaView(SpectacularJSONAPIView):
    """`custom_settings`: what differs from SPECTACULAR_SETTINGS."""

    renderer_classes = [OpenApiJsonRenderer]
    error_shape: ErrorShape | None = None

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        with ONE_AT_A_TIME:
            response: Response = super().get(request, *args, **kwargs)  # type: ignore[no-untyped-call]
        return response
