"""Django over WSGI: every request but the streams and the notifications."""

import os
from typing import Any

import django
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.http import HttpRequest
from django.http.response import HttpResponseBase

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fleetremote.settings")


class Utf8Request(WSGIRequest):
    """Pages and API speak UTF-8 only; Django itself stumbles over some charsets, such as `hex` and `undefined`."""

    def _set_content_type_params(self, meta: dict[str, Any]) -> None:
        kinds = meta.get("CONTENT_TYPE", "").split(";")
        kept = [part for part in kinds if not part.strip().lower().startswith("charset")]
        super()._set_content_type_params({**meta, "CONTENT_TYPE": ";".join(kept)})  # type: ignore[misc]


IS_LOGGED_IN = "fleetremote.is_logged_in"
"""Among the environment of a request that was answered: whether somebody was found to be logged in who has asked it."""


class Handler(WSGIHandler):
    request_class = Utf8Request

    def get_response(self, request: HttpRequest) -> HttpResponseBase:
        """Django's, which looks who is logged in only where a page wants to know."""
        response = super().get_response(request)
        request.META[IS_LOGGED_IN] = getattr(getattr(request, "_cached_user", None), "is_authenticated", False)
        return response


django.setup(set_prefix=False)
application = Handler()
