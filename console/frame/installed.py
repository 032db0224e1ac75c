"""FleetRemote as an app of the device: its manifest, and the page that it shows without a connection."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_safe

_HOUR = 3600
_COLOUR = "#10312c"


@require_safe
def manifest(request: HttpRequest) -> HttpResponse:
    """The web app manifest in the reader's language (W3C Web Application Manifest). Says nothing of anybody."""
    found = {
        "id": "/",
        "name": "FleetRemote",
        "short_name": "FleetRemote",
        "description": gettext("Send commands to the vehicles of your fleets, and see what becomes of them."),
        "lang": get_language() or settings.LANGUAGE_CODE,
        "start_url": reverse("fleets"),
        "scope": "/",
        "display": "standalone",
        "theme_color": _COLOUR,
        "background_color": _COLOUR,
        "icons": [
            _icon("icon-192.png", 192),
            _icon("icon-512.png", 512),
            _icon("icon-maskable-512.png", 512, purpose="maskable"),
        ],
        "shortcuts": [
            _shortcut(gettext("Needs you"), "approvals-of-all"),
            _shortcut(gettext("Search all vehicles"), "search"),
        ],
    }
    response = JsonResponse(found, content_type="application/manifest+json")
    patch_vary_headers(response, ["Cookie", "Accept-Language"])
    patch_cache_control(response, private=True, max_age=_HOUR)
    return response


@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    """Kept by the app on the device: nothing of it is about anybody."""
    return render(request, "frame/offline.html")


@require_safe
def service_worker(request: HttpRequest) -> HttpResponse:
    """A script at the root, since its place bounds the pages that it may answer for."""
    return render(request, "frame/service_worker.js", content_type="text/javascript; charset=utf-8")


def _icon(name: str, size: int, purpose: str = "any") -> dict[str, str]:
    return {"src": static(f"app/{name}"), "sizes": f"{size}x{size}", "type": "image/png", "purpose": purpose}


def _shortcut(name: str, page: str) -> dict[str, object]:
    return {"name": name, "url": reverse(page), "icons": [_icon("icon-192.png", 192)]}
