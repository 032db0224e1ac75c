"""Who must have a second factor (settings.SECOND_FACTOR_ROLES) gets nowhere without: on no page, fragment or stream,
nor in the administration. What leads there is open, and so is the way out.

It costs nothing while the setting is empty, nor in a session in which a factor was shown.
"""

import re
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode

from console.accounts.second_factor import ask_again, has_second_factor, has_shown, must_have

OPEN = frozenset(
    {
        *("second-factor", "second-factor-app", "second-factor-passkey", "recovery-codes", "ask-again"),
        *("login", "account_login", "logout", "account_logout", "choose-language", "script-words", "keep-typed"),
        *("mfa_authenticate", "sign-on", "sign-on-again", "sign-on-onward", "sign-on-callback"),
        *("first-admin", "first-admin-link", "forgotten-password", "forgotten-password-sent"),
        *("new-password", "new-password-link", "invitation", "invitation-link"),
    }
)
"""By name: what somebody without a factor needs to set one up, and what nobody needs a login for."""

_NO_PAGE = re.compile("|".join(settings.SECURE_REDIRECT_EXEMPT))
"""What programs ask, by their own credentials."""


class SecondFactorNeeded:
    """Middleware, behind those that know who asks, and what htmx asks for."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        if not settings.SECOND_FACTOR_ROLES or not self._is_guarded(request) or not request.user.is_authenticated:
            return None
        if has_shown(request) or not must_have(request.user):
            return None
        if getattr(view, "is_stream", False) or "HX-Request" in request.headers or request.path.endswith("/news"):
            return render(request, "factors/needed.html", status=403)
        page = request.get_full_path() if request.method in ("GET", "HEAD") else reverse("fleets")
        if has_second_factor(request.user):
            return ask_again(request, page)
        return HttpResponseRedirect(f"{reverse('second-factor')}?{urlencode({'next': page})}", status=303)

    def _is_guarded(self, request: HttpRequest) -> bool:
        match = request.resolver_match
        is_open = match is not None and match.view_name in OPEN
        return not is_open and not _NO_PAGE.search(request.path.lstrip("/"))
