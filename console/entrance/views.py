"""Pages: the login, and the form of the first admin, to which a link leads that is printed where FleetRemote starts.

The link's token goes from the address into the session, hashed, so that no page, log or Referer shows it.
"""

from typing import Any
from urllib.parse import urlsplit

from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login as Steps
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.csrf import csrf_failure
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import requires_csrf_token
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from console.accounts.adapter import let_in
from console.entrance import tries, typed
from console.entrance.forms import FirstAdminForm
from console.entrance.guard import too_many
from fleets.people.first_admin import has_admin, hash_of, is_open, make_first_admin

_KEY = "first_admin"


class Login(LoginView):
    """Where nobody can log in yet it says how to make the first admin."""

    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kept = self.request.POST.get(typed.KEY, "")
        return {**super().get_context_data(**kwargs), "has_admin": has_admin(), "typed": kept}

    def get_success_url(self) -> str:
        """To all pages but this one."""
        onward: str = super().get_success_url()
        return self.get_default_redirect_url() if urlsplit(onward).path == self.request.path else onward

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        """The password was right; what else is asked for are steps of the library's (console/accounts/adapter.py)."""
        if sealed := self.request.POST.get(typed.KEY, ""):
            self.request.session[typed.SEALED] = sealed[: typed.MOST_SEALED]
        steps = Steps(user=form.get_user(), redirect_url=self.get_success_url())
        named = {"username": form.get_user().get_username()}
        response: HttpResponse = perform_password_login(self.request, named, steps)
        return response

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        """The form again; where the password was not looked at, what to do instead."""
        if seconds := too_many(self.request):
            return tried_too_often(self.request, seconds)
        return super().form_invalid(form)


def tried_too_often(request: HttpRequest, seconds: int) -> HttpResponse:
    """429, with how long to wait and which ways are open meanwhile."""
    context = {"minutes": -(-seconds // 60)}
    response = render(request, "registration/locked.html", context, status=429)
    response["Retry-After"] = str(seconds)
    return response


@require_POST
@never_cache
def keep_typed(request: HttpRequest) -> HttpResponse:
    """Our scripts come here, from a page whose session has ended, with what is typed there. Nothing else is done."""
    if not request.user.is_authenticated:
        return typed.log_in_again(request)
    return _back_at(typed.keep(request))


@requires_csrf_token
def page_too_old(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that was sent with an old token: whoever has typed it is back at it, with a new one."""
    answer: HttpResponse = csrf_failure(request, reason=reason)
    if request.method != "POST" or request.headers.get("HX-Request") or not typed.is_ours(request):
        return answer
    if request.path == reverse("login") or not request.user.is_authenticated:
        return answer if request.path == reverse("login") else typed.log_in_again(request)
    page = typed.keep(request)
    return _back_at(page) if typed.KEY in request.session else answer


def _back_at(page: str) -> HttpResponse:
    response = redirect(page)
    response.status_code = 303
    return response


@require_safe
@never_cache
def first_admin_link(request: HttpRequest, token: str) -> HttpResponse:
    """On to the form, which says so where the link makes nobody: Django logs the addresses of what it refuses."""
    token_hash = hash_of(token)
    if is_open(token_hash):
        # Whoever has the link gets in, however many wrong ones came from the same proxy.
        request.session[_KEY] = token_hash
    else:
        tries.count(_address(request))
    return redirect("first-admin")


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def first_admin(request: HttpRequest) -> HttpResponse:
    """Makes the first admin, logs them in and leads on to the connections."""
    token_hash = str(request.session.get(_KEY, ""))
    if not is_open(token_hash):
        return _no_link(request)
    form = FirstAdminForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return render(request, "registration/first_admin.html", {"form": form})
    admin = make_first_admin(token_hash, form.save)
    if admin is None:
        return _no_link(request)
    del request.session[_KEY]
    let_in(request, admin)
    return redirect("connections")


def _no_link(request: HttpRequest) -> HttpResponse:
    """What was wrong with the link is not told."""
    too_many = tries.are_too_many(_address(request))
    status = 429 if too_many else 404
    return render(request, "registration/no_first_admin.html", {"too_many": too_many}, status=status)


def _address(request: HttpRequest) -> str:
    return str(request.META.get("REMOTE_ADDR", ""))
