"""All addresses: pages, the published API, the webhook for upstream, the live streams, admin and health."""

from django.contrib import admin
from django.urls import include, path, re_path
from django.views.decorators.http import require_safe

from api.addresses import api_not_found
from api.oauth.views import token
from api.schema_views import SchemaView
from api.v1.docs import SETTINGS as V1_SETTINGS
from api.v1.errors import ERRORS as V1_ERRORS
from api.v3.errors import ERRORS as V3_ERRORS
from fleetremote.admin_login import admin_login, admin_password
from fleetremote.back import back
from fleetremote.health import healthz, ready
from fleetremote.notifications import notification

handler400 = "fleetremote.health.bad_request"
handler500 = "fleetremote.database.trouble.request_failed"

_SCHEMA = SchemaView.as_view(error_shape=V3_ERRORS)
_V1_SCHEMA = SchemaView.as_view(custom_settings=V1_SETTINGS, error_shape=V1_ERRORS)

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("health/ready", ready, name="ready"),
    # Before Django's own of the same addresses.
    path("admin/login/", admin_login, name="admin-login"),
    path("admin/password_change/", admin_password, name="admin-password"),
    path("admin/", admin.site.urls),
    path("back/<slug:nonce>", back, name="back"),
    path("webhook/<path:place>", notification, name="webhook"),
    path("api/schema", require_safe(_SCHEMA), name="schema"),
    path("api/v1/schema", require_safe(_V1_SCHEMA), name="schema-v1"),
    path("", include("api.reference.urls")),
    path("connectedcar/v3/", include("api.v3.urls")),
    re_path(r"^connectedcar/", api_not_found),
    path("as/token.oauth2", token, name="token"),
    path("api/connectedcar/v1/", include("api.v1.urls")),
    re_path(r"^api/connectedcar/", api_not_found),
    path("", include("plots.urls")),
    path("", include("console.urls")),
]
