"""Pages: who is in a fleet and who is invited to it; all accounts, for admins."""

from typing import Any

from django.contrib.auth.models import User
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from console.accounts.second_factor import has_second_factor
from console.accounts.sessions import last_here
from console.callbacks.forms import KeyForm
from console.people.listing import PAGE, accounts, invitations_of, people_of, says_of
from console.people.words import narrowed_words, role_name
from console.requests import PageRequest, person_page
from console.rights import check_admin, find_fleet
from fleets.access import lasting
from fleets.approvers import current, why_not
from fleets.people.confirming import waiting_in
from fleets.people.giving import grant_of
from fleets.rights import Right
from fleets.words.why import say


@require_safe
@person_page
def people(request: PageRequest, fleet_id: str) -> HttpResponse:
    """The members of a fleet with what each may do, and the invitations to it."""
    fleet = find_fleet(request, fleet_id, Right.CHANGE_PEOPLE)
    start = KeyForm(request.GET).start_after or 0
    rows = people_of(fleet, request.user, start)
    context = {
        "fleet": fleet,
        "rows": rows[:PAGE],
        "start": start,
        "next_after": start + PAGE if len(rows) > PAGE else None,
        "invitations": invitations_of(fleet),
        "no_say": say(why_not(request.user, fleet)),
        "now": timezone.now(),
    }
    return render(request, "people/people.html", context)


@require_safe
@person_page
def people_of_all(request: PageRequest) -> HttpResponse:
    """All accounts, and all invitations."""
    check_admin(request)
    start = KeyForm(request.GET).start_after or 0
    rows = accounts(start)
    context = {
        "rows": rows[:PAGE],
        "start": start,
        "next_after": start + PAGE if len(rows) > PAGE else None,
        "invitations": invitations_of(None),
        "no_say": say(why_not(request.user, None)),
        "now": timezone.now(),
    }
    return render(request, "people/of_all.html", context)


@require_safe
@person_page
def account_of(request: PageRequest, person_id: int) -> HttpResponse:
    """One account: where it belongs to, and whether it may log in."""
    check_admin(request)
    person = get_object_or_404(User, pk=person_id)
    return render(request, "people/account.html", account_context(person))


def account_context(person: User) -> dict[str, Any]:
    places = list(lasting().select_related("fleet").filter(user=person).order_by("fleet__name"))
    says = says_of(current().filter(fleet=None, user=person), waiting_in(None))
    return {
        "person": person,
        "places": [(row, role_name(row.role), narrowed_words(grant_of(row), None)) for row in places],
        "say": says.get(person.pk, "no") if person.is_superuser else "",
        "seen": last_here([person.pk]).get(person.pk, person.last_login),
        "has_factor": has_second_factor(person),
    }
