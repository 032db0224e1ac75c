"""Tells the audit who is at work in a request: the person who has logged in, or the API client that calls."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse

from fleets.audit.doer import NOBODY_LOGGED_IN, Doer, doing, origin_of
from fleets.audit.entries import Origin, api_client, person
from fleets.models import ApiClient


def doer_of(request: HttpRequest) -> Doer:
    """Who it is as far as it is known by now: an API shows its client's credentials on the way."""
    who: Any = getattr(request, "user", None)
    if isinstance(who, ApiClient):
        return Doer(api_client(who), Origin.API)
    # A lazy object, which is no User by its type.
    is_person = who is not None and who.is_authenticated and isinstance(who, User)
    return Doer(person(who) if is_person else NOBODY_LOGGED_IN, origin_of(request))


def doing_of_requests(get_response: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    """Middleware, behind Django's own that knows people."""

    def told(request: HttpRequest) -> HttpResponse:
        with doing(lambda: doer_of(request)):
            response: HttpResponse = get_response(request)
        return response

    return told
