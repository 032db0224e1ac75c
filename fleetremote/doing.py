"""Tells the audit who is at work in a request: the person who has logged in, or the API client that calls."""

from collections.abc import Awaitable, Callable
from inspect import iscoroutinefunction
from typing import Any

from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.utils.decorators import sync_and_async_middleware

from fleets.audit.doer import NOBODY_LOGGED_IN, Doer, doing
from fleets.audit.entries import Origin, api_client, person
from fleets.models import ApiClient


def doer_of(request: HttpRequest) -> Doer:
    """Who it is as far as it is known by now: an API shows its client's credentials on the way."""
    who: Any = getattr(request, "user", None)
    if isinstance(who, ApiClient):
        return Doer(api_client(who), Origin.API)
    match = request.resolver_match
    origin = Origin.ADMIN if match is not None and "admin" in match.app_names else Origin.PAGE
    # A lazy object, which is no User by its type.
    is_person = who is not None and who.is_authenticated and isinstance(who, User)
    return Doer(person(who) if is_person else NOBODY_LOGGED_IN, origin)


@sync_and_async_middleware
def doing_of_requests(get_response: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    """Middleware, behind Django's own that knows people. What is asynchronous are streams, which change nothing."""
    if iscoroutinefunction(get_response):

        async def passing(request: HttpRequest) -> Any:
            answer: Awaitable[Any] = get_response(request)
            return await answer

        return passing

    def told(request: HttpRequest) -> HttpResponse:
        with doing(lambda: doer_of(request)):
            response: HttpResponse = get_response(request)
        return response

    return told
