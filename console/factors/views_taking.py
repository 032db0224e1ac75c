"""Page: an admin takes the second factor from somebody who has lost it."""

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from console.accounts.second_factor import ask_who, has_second_factor, may_change
from console.accounts.sessions import end_sessions
from console.factors import changing
from console.requests import PageRequest, person_page, see
from console.rights import check_admin
from fleets.people.approving import give_anew


@require_http_methods(["GET", "HEAD", "POST"])
@person_page
def take_second_factor(request: PageRequest, person_id: int) -> HttpResponse:
    """GET asks whether, once the admin's own factor was shown; POST does it, and ends the person's sessions."""
    check_admin(request)
    person = get_object_or_404(User, pk=person_id)
    if person == request.user or not has_second_factor(person):
        raise Http404
    if not may_change(request):
        return ask_who(request, request.get_full_path())
    if request.method != "POST":
        return render(request, "factors/take.html", {"person": person})
    changing.take_away(person)
    give_anew(person, request.user)
    end_sessions(person)
    words = gettext("%(name)s has no second factor any more, and was logged out everywhere.")
    messages.success(request, words % {"name": person.get_username()})
    return see("account-of", person.pk)
