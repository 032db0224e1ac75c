"""What admins do to accounts: who may log in, and who is an admin."""

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from console.accounts.sessions import end_sessions
from console.people import letters
from console.requests import PageRequest, person_page, see
from console.rights import check_admin
from fleets.people import confirming
from fleets.people.changing import NotChanged, set_active, set_admin
from fleets.proposals import NotAllowed
from fleets.words.why import say


@require_POST
@person_page
def lock_account(request: PageRequest, person_id: int) -> HttpResponse:
    """Who has it logs in no more, and is out at once."""
    return _set_active(request, person_id, False)


@require_POST
@person_page
def open_account(request: PageRequest, person_id: int) -> HttpResponse:
    return _set_active(request, person_id, True)


@require_POST
@person_page
def make_admin(request: PageRequest, person_id: int) -> HttpResponse:
    """They may do everything but approve, until another admin has confirmed them."""
    return _set_admin(request, person_id, True)


@require_POST
@person_page
def take_admin(request: PageRequest, person_id: int) -> HttpResponse:
    return _set_admin(request, person_id, False)


@require_POST
@person_page
def ask_confirmation_of_admin(request: PageRequest, person_id: int) -> HttpResponse:
    """Ask the admins who approve to confirm that another one is another person."""
    person = _person(request, person_id)
    try:
        confirming.ask_for(person, None, request.user)
    except NotAllowed as error:
        messages.warning(request, say(error.why))
    else:
        messages.success(request, gettext("The other admins are asked."))
    return see("account-of", person_id)


def _person(request: PageRequest, person_id: int) -> User:
    check_admin(request)
    return get_object_or_404(User, pk=person_id)


def _set_active(request: PageRequest, person_id: int, is_active: bool) -> HttpResponse:
    person = _person(request, person_id)
    try:
        set_active(person, is_active, request.user)
    except NotChanged as error:
        messages.warning(request, say(error.why))
        return see("account-of", person_id)
    if not is_active:
        end_sessions(person)
    letters.write_locked(person, is_active, request.user)
    words = gettext("%(name)s may log in again.") if is_active else gettext("%(name)s can no longer log in.")
    messages.success(request, words % {"name": letters.called(person)})
    return see("account-of", person_id)


def _set_admin(request: PageRequest, person_id: int, is_admin: bool) -> HttpResponse:
    person = _person(request, person_id)
    try:
        set_admin(person, is_admin, request.user)
    except NotChanged as error:
        messages.warning(request, say(error.why))
        return see("account-of", person_id)
    if not is_admin:
        end_sessions(person)
    letters.write_admin(person, is_admin, request.user)
    words = gettext("%(name)s is an admin now.") if is_admin else gettext("%(name)s is no longer an admin.")
    messages.success(request, words % {"name": letters.called(person)})
    return see("account-of", person_id)
