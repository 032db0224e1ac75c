"""Pages: one's own password changed, and a new one by a link that is sent by e-mail.

Nobody learns here which addresses have an account. Whoever has the link gets into no account by it alone: they set the
password, and then log in as always, second factor and all.
"""

import time
from datetime import timedelta

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout, update_session_auth_hash
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from console.accounts import letters
from console.accounts.forms import ChangePasswordForm, ForgottenPasswordForm, NewPasswordForm
from console.accounts.links import new_password_parts, people_with, person_in, person_of, state_of
from console.accounts.sessions import end_sessions
from console.entrance import browsers
from console.entrance.limits import Limit, count, network_of
from console.entrance.views import tried_too_often
from console.requests import PageRequest, person_page, see
from fleets.audit.doer import origin_of
from fleets.audit.entries import About, person, record_operation

_KEY = "new_password"
CHANGED, SET = "changed their password", "set a new password by a link"

FROM_ADDRESS = Limit("forgotten", 20, timedelta(hours=1))
"""Links that are asked for from one address."""

TO_MAILBOX = Limit("mailbox", 3, timedelta(hours=1))
"""Links that go to one mailbox; what is asked for beyond that is not sent, and nobody is told so."""


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@person_page
def change_password(request: PageRequest) -> HttpResponse:
    """Ends all other sessions; this one goes on, under another key."""
    if not request.user.has_usable_password():
        return render(request, "account/no_password.html")
    form = ChangePasswordForm(request, request.user, request.POST if request.method == "POST" else None)
    if request.method != "POST" or not form.is_valid():
        status = 422 if form.is_bound else 200
        return render(request, "account/password.html", {"form": form}, status=status)
    user = form.save()
    update_session_auth_hash(request, user)
    end_sessions(user, but=request.session.session_key)
    _tell(request, user, CHANGED)
    messages.success(request, _("Your password is changed, and all other sessions have ended."))
    return see("account")


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def forgotten_password(request: HttpRequest) -> HttpResponse:
    """Sends a link to each account of the address, and says the same where there is none."""
    form = ForgottenPasswordForm(request.POST if request.method == "POST" else None)
    if request.method != "POST" or not form.is_valid():
        return render(request, "account/forgotten.html", {"form": form})
    from_here = count(FROM_ADDRESS.of(network_of(str(request.META.get("REMOTE_ADDR") or ""))))
    if from_here.is_over:
        return tried_too_often(request, from_here.seconds)
    email = form.cleaned_data["email"]
    if not count(TO_MAILBOX.of(email.casefold())).is_over:
        for user in people_with(email):
            letters.write_new_password_link(user, reverse("new-password-link", args=new_password_parts(user)))
    return redirect("forgotten-password-sent")


@require_safe
@never_cache
def forgotten_password_sent(request: HttpRequest) -> HttpResponse:
    return render(request, "account/forgotten_sent.html")


@require_safe
@never_cache
def new_password_link(request: HttpRequest, uidb64: str, token: str) -> HttpResponse:
    """On to the form, which says so where the link is over: no page has it in its address then."""
    user = person_of(uidb64, token)
    if user is not None:
        until = time.time() + settings.PASSWORD_RESET_TIMEOUT
        request.session[_KEY] = {"person": user.pk, "state": state_of(user), "until": until}
    else:
        request.session.pop(_KEY, None)
    return redirect("new-password")


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def new_password(request: HttpRequest) -> HttpResponse:
    """Sets the password, ends all sessions, and leads to the log-in; this browser is one of theirs from then on."""
    user = _by_link(request)
    if user is None:
        return render(request, "account/link_over.html", status=404)
    form = NewPasswordForm(user, request.POST if request.method == "POST" else None)
    if request.method != "POST" or not form.is_valid():
        return render(request, "account/new_password.html", {"form": form, "name": user.get_username()})
    form.save()
    request.session.pop(_KEY)
    if request.user.pk == user.pk:
        logout(request)
    end_sessions(user)
    _tell(request, user, SET)
    messages.success(request, _("Your new password is set. Log in with it."))
    response = see("login")
    browsers.remember(request, response, user.get_username(), anew=True)
    return response


def _by_link(request: HttpRequest) -> User | None:
    kept = request.session.get(_KEY)
    if not isinstance(kept, dict) or kept["until"] < time.time():
        return None
    return person_in(kept["state"], kept["person"])


def _tell(request: HttpRequest, user: User, what: str) -> None:
    about = About(f"person {user.pk}")
    record_operation(about, what, actor=person(user), origin=origin_of(request), reason="")
    letters.write_password_changed(user)
