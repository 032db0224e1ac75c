"""All addresses: pages, the published API, the webhook for upstream, the live streams, admin and health."""

from django.contrib import admin
from django.urls import include, path, re_path
from django.views.decorators.http import require_safe
from drf_spectacular.renderers import OpenApiJsonRenderer
from drf_spectacular.views import SpectacularJSONAPIView, SpectacularSwaggerSplitView

from api.rest.errors import api_not_found
from fleetremote.back import back
from fleetremote.health import healthz, ready
from fleetremote.notifications import notification

handler500 = "fleetremote.database.trouble.request_failed"

_SCHEMA = SpectacularJSONAPIView.as_view(renderer_classes=[OpenApiJsonRenderer])

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("health/ready", ready, name="ready"),
    path("admin/", admin.site.urls),
    path("back/<slug:nonce>", back, name="back"),
    path("webhook/<path:place>", notification, name="webhook"),
    path("api/schema", require_safe(_SCHEMA), name="schema"),
    path("api/docs", require_safe(SpectacularSwaggerSplitView.as_view(url_name="schema")), name="docs"),
    path("connectedcar/v3/", include("api.v3.urls")),
    re_path(r"^connectedcar/", api_not_found),
    path("", include("console.urls")),
]
