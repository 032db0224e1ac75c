"""Pages: one's own account with its sessions, and the change of its e-mail address."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.models import User
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from console.accounts import letters
from console.accounts.browser_words import browser_words
from console.accounts.forms import AddressForm
from console.accounts.links import address_of, address_token
from console.accounts.second_factor import ask_who, has_second_factor, may_change
from console.accounts.sessions import end_session, end_sessions, is_of, sessions_of
from console.entrance.limits import Limit, count
from console.requests import PageRequest, person_page, see
from fleets.audit.doer import origin_of
from fleets.audit.entries import About, person, record_operation

BY_ONE = Limit("addresses", 10, timedelta(hours=1))
"""Links to new addresses that one person asks for."""

TO_MAILBOX = Limit("new-address", 3, timedelta(hours=1))
"""That go to one mailbox, whoever asks; apart from those for a new password, which nobody is to use up for another."""

ENDED, ENDED_OTHERS = "ended a session of their own", "ended all other sessions of their own"


@require_safe
@person_page
def account(request: PageRequest) -> HttpResponse:
    """Who one is here, how one logs in, and from where one has."""
    shown = [_shown(visit, request.session.session_key) for visit in sessions_of(request.user)]
    shown.sort(key=lambda each: not each["is_this"])
    factor = has_second_factor(request.user)
    context = {"sessions": shown, "others": len(shown) > 1, "has_second_factor": factor}
    return render(request, "account/account.html", context)


@require_POST
@person_page
def end_one_session(request: PageRequest, visit_id: int) -> HttpResponse:
    """One of one's own; what is another's is told as if it had ended."""
    if end_session(request.user, visit_id):
        _write(request, ENDED)
        messages.success(request, _("That session has ended."))
    else:
        messages.info(request, _("That session had ended already."))
    return see("account")


@require_POST
@person_page
def end_other_sessions(request: PageRequest) -> HttpResponse:
    """All but the one that asks."""
    ended = end_sessions(request.user, but=request.session.session_key)
    if ended:
        _write(request, ENDED_OTHERS)
    words = ngettext("%(number)s session has ended.", "%(number)s sessions have ended.", ended)
    messages.success(request, words % {"number": ended})
    return see("account")


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@person_page
def change_address(request: PageRequest) -> HttpResponse:
    """Sends a link to the new address; the old one stays until it was opened.

    Single sign-on goes by the address: who has a second factor has shown it just now.
    """
    if not request.user.has_usable_password():
        return render(request, "account/no_password.html")
    if has_second_factor(request.user) and not may_change(request):
        return ask_who(request, request.get_full_path())
    form = AddressForm(request, request.user, request.POST if request.method == "POST" else None)
    if request.method != "POST" or not form.is_valid():
        status = 422 if form.is_bound else 200
        return render(request, "account/address.html", {"form": form}, status=status)
    new = form.cleaned_data["email"]
    over = [
        found
        for found in (count(BY_ONE.of(str(request.user.pk))), count(TO_MAILBOX.of(new.casefold())))
        if found.is_over
    ]
    if over:
        minutes = -(-max(found.seconds for found in over) // 60)
        form.add_error("email", _("Too many links were sent. Try again in %(minutes)s minutes.") % {"minutes": minutes})
        return render(request, "account/address.html", {"form": form}, status=422)
    letters.write_confirm_address(
        request.user, new, reverse("confirm-address", args=[address_token(request.user, new)])
    )
    messages.success(request, _("We have sent a link to %(address)s. Open it in this browser.") % {"address": new})
    return see("account")


@require_http_methods(["GET", "HEAD", "POST"])
@person_page
def confirm_address(request: PageRequest, token: str) -> HttpResponse:
    """GET asks once more, since programs open links too; POST makes the address theirs, and tells the old one."""
    new = address_of(request.user, token)
    if not new:
        return render(request, "account/address_over.html", status=404)
    if request.method != "POST":
        return render(request, "account/confirm_address.html", {"new": new})
    with transaction.atomic():
        user = User.objects.select_for_update().get(pk=request.user.pk)
        is_taken = User.objects.filter(email__iexact=new).exclude(pk=user.pk).exists()
        if is_taken or not address_of(user, token):
            return render(request, "account/address_over.html", {"is_taken": is_taken}, status=404)
        old, user.email = user.email, new
        user.save(update_fields=["email"])
    letters.write_address_changed(user, old)
    messages.success(request, _("Your e-mail address is changed."))
    return see("account")


def _shown(visit: Any, session_key: str | None) -> dict[str, Any]:
    return {"visit": visit, "browser": browser_words(visit.browser), "is_this": is_of(visit, session_key)}


def _write(request: PageRequest, what: str) -> None:
    about = About(f"person {request.user.pk}")
    record_operation(about, what, actor=person(request.user), origin=origin_of(request), reason="")
