"""Shows the OpenAPI document of a dialect, and its page."""

from threading import Lock
from typing import Any

from drf_spectacular.renderers import OpenApiJsonRenderer
from drf_spectacular.views import SpectacularJSONAPIView, SpectacularSwaggerSplitView
from rest_framework.request import Request
from rest_framework.response import Response

from api.rest.errors import ErrorShape

# drf-spectacular's own settings are one object for all threads, which a document of another dialect changes meanwhile.
_one_at_a_time = Lock()


class SchemaView(SpectacularJSONAPIView):
    """`custom_settings`: what differs from SPECTACULAR_SETTINGS."""

    renderer_classes = [OpenApiJsonRenderer]
    error_shape: ErrorShape | None = None

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        with _one_at_a_time:
            response: Response = super().get(request, *args, **kwargs)  # type: ignore[no-untyped-call]
        return response


class DocsView(SpectacularSwaggerSplitView):
    error_shape: ErrorShape | None = None
