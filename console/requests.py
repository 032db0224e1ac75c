"""What every page has in common: it is for a person who has logged in, and no cache keeps it."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.contrib.auth.models import User
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django_htmx.middleware import HtmxDetails

from console.entrance import typed


class PageRequest(HttpRequest):
    """The type of a request by a person who has logged in, as the middleware has filled it."""

    user: User
    htmx: HtmxDetails


View = Callable[..., HttpResponseBase]


def wants_fragment(request: HttpRequest) -> bool:
    """Whether htmx asks for a part of a page; going back in the browser's history takes the whole one."""
    htmx = cast(PageRequest, request).htmx
    return bool(htmx) and not htmx.history_restore_request


def person_page(view: View) -> View:
    """A page for people. Who has not logged in is sent to do so; a fragment then is a 401."""
    return _guarded(view, always_fragment=False)


def person_fragment(view: View) -> View:
    """A part of a page, whoever fetches it: a 401 without a login, never a redirect."""
    return _guarded(view, always_fragment=True)


def see(name: str, *parts: object) -> HttpResponse:
    """To the page of this name, by GET whatever came before."""
    response = redirect(name, *parts)
    response.status_code = 303
    return response


def _guarded(view: View, *, always_fragment: bool) -> View:
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated:
            response = view(request, *args, **kwargs)
            if not always_fragment and not wants_fragment(request):
                typed.remember(request, response)
            return response
        if always_fragment or wants_fragment(request):
            return _logged_out(request)
        if request.method == "POST":
            return typed.log_in_again(request)
        return redirect_to_login(request.get_full_path())

    return never_cache(guarded)


def _logged_out(request: HttpRequest) -> HttpResponse:
    return render(request, "includes/logged_out.html", status=401)
