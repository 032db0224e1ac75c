"""Django over WSGI: every request but the streams and the notifications."""

import os
from typing import Any

import django
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fleetremote.settings")


class Utf8Request(WSGIRequest):
    """Pages and API speak UTF-8 only; Django itself stumbles over some charsets, such as `hex` and `undefined`."""

    def _set_content_type_params(self, meta: dict[str, Any]) -> None:
        kinds = meta.get("CONTENT_TYPE", "").split(";")
        kept = [part for part in kinds if not part.strip().lower().startswith("charset")]
        super()._set_content_type_params({**meta, "CONTENT_TYPE": ";".join(kept)})  # type: ignore[misc]


class Handler(WSGIHandler):
    request_class = Utf8Request


django.setup(set_prefix=False)
application = Handler()
