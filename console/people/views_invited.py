"""Pages for somebody who was invited: what to, and an account that takes it, a new one or one's own."""

from django.contrib import messages
from django.contrib.auth.models import User
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from console.accounts.adapter import let_in
from console.people.forms import NewAccountForm
from console.people.invitations import accept_open, keep, open_invitation
from console.people.letters import called
from console.people.words import narrowed_words, role_name, what_for
from console.requests import see
from fleets.models import Invitation
from fleets.people import codes
from fleets.people.giving import grant_of
from fleets.people.invitations import NotInvited
from fleets.words.why import say
from protocol.why import Why


@require_safe
@never_cache
def invitation_link(request: HttpRequest, token: str) -> HttpResponse:
    """On to the page, which says so where the link is over: no page has it in its address then."""
    keep(request, token)
    return redirect("invitation")


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def invitation(request: HttpRequest) -> HttpResponse:
    """GET what somebody is invited to; POST takes it, with the account that is logged in or with a new one."""
    row = open_invitation(request)
    if row is None:
        return render(request, "people/no_invitation.html", status=404)
    if isinstance(request.user, User):
        return _for_account(request, row, request.user)
    return _for_new_account(request, row)


def _for_new_account(request: HttpRequest, row: Invitation) -> HttpResponse:
    """Nobody needs two, and with two one person could be taken for two. One that is locked stays so."""
    found = User.objects.filter(email__iexact=row.email)
    if found.filter(is_active=True).exists():
        return _page(request, row, status=409 if request.method == "POST" else 200)
    if found.exists():
        return _refused(request, NotInvited(Why(codes.ACCOUNT_LOCKED)))
    form = NewAccountForm(request.POST if request.method == "POST" else None, email=row.email)
    if request.method != "POST" or not form.is_valid():
        return _page(request, row, form=form, status=422 if form.errors else 200)
    try:
        user = accept_open(request, form.save)
    except NotInvited as error:
        return _refused(request, error)
    except IntegrityError:
        # Another one took the name, or the address by another invitation, since it was looked at.
        return _for_new_account(request, row)
    let_in(request, user)
    return see("fleets")


def _for_account(request: HttpRequest, row: Invitation, user: User) -> HttpResponse:
    if request.method != "POST":
        return _page(request, row)
    try:
        accept_open(request, lambda: user)
    except NotInvited as error:
        return _refused(request, error)
    messages.success(request, gettext("You have accepted the invitation."))
    return see("fleets")


def _page(request: HttpRequest, row: Invitation, form: NewAccountForm | None = None, status: int = 200) -> HttpResponse:
    context = {
        "row": row,
        "form": form,
        "inviter": called(row.invited_by),
        "what": what_for(row),
        "role": role_name(row.role),
        "narrowed": narrowed_words(grant_of(row), row.vehicles.count() or None),
    }
    return render(request, "people/invitation.html", context, status=status)


def _refused(request: HttpRequest, error: NotInvited) -> HttpResponse:
    return render(request, "people/no_invitation.html", {"why": say(error.why)}, status=409)
