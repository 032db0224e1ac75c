"""Django for the plain DRF view: FleetRemote's apps and database, and nothing on the way that it can do without."""

from fleetremote.settings import *  # noqa: F403
from fleetremote.settings import DATABASES

MIDDLEWARE = ["django.middleware.common.CommonMiddleware"]
ROOT_URLCONF = "benchmarks.contenders.drf"
DATABASES["default"].update(CONN_MAX_AGE=None, CONN_HEALTH_CHECKS=False)
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": [],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "UNAUTHENTICATED_USER": None,
}
