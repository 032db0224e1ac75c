"""The language of pages: what the reader has chosen, else what the browser asks for. All else speaks English."""

from collections.abc import Awaitable
from functools import cache
from hashlib import sha256
from typing import cast

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.locale import LocaleMiddleware
from django.utils import translation
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe
from django.views.i18n import JavaScriptCatalog

# The API, what upstream posts, and the administration; streams have no words.
_ENGLISH = ("/connectedcar/", "/api/", "/webhook/", "/healthz", "/health/", "/admin/", "/static/")
_STREAM = "/live"

_YEAR = 365 * 24 * 3600


class PageLanguage(LocaleMiddleware):
    """Django's own, for pages only: the others pay nothing for it, and don't inherit the thread's last language."""

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        if request.path_info.startswith(_ENGLISH) or request.path_info.endswith(_STREAM):
            translation.deactivate()
            return self.get_response(request)
        return super().__call__(request)


@require_safe
def script_words(request: HttpRequest, language: str, version: str) -> HttpResponse:
    """What scripts say in a language, as a script itself; its address changes with its words."""
    if language not in dict(settings.LANGUAGES) or version != words_version(language):
        raise Http404
    response = HttpResponse(_words(language), content_type="text/javascript; charset=utf-8")
    patch_cache_control(response, public=True, max_age=_YEAR, immutable=True)
    return response


@cache
def words_version(language: str) -> str:
    """Changes with what scripts say in the language."""
    return sha256(_words(language)).hexdigest()[:12]


@cache
def _words(language: str) -> bytes:
    request = HttpRequest()
    request.method = "GET"
    with translation.override(language):
        answer = cast(HttpResponse, JavaScriptCatalog.as_view(packages=["fleetremote"])(request))
    return bytes(answer.content)
