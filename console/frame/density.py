"""How dense the rows of lists are, as each browser keeps it."""

from enum import StrEnum

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

_YEAR = 365 * 24 * 3600


class Density(StrEnum):
    COMPACT = "compact"
    COMFORTABLE = "comfortable"


def density_of(request: HttpRequest) -> Density:
    kept = request.COOKIES.get(settings.DENSITY_COOKIE_NAME, "")
    return Density(kept) if kept in list(Density) else Density.COMPACT


def keep(response: HttpResponseBase, density: Density) -> None:
    response.set_cookie(
        settings.DENSITY_COOKIE_NAME,
        density,
        max_age=_YEAR,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
