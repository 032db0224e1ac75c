"""Pages: what waits for a second person, and deciding on it; and what each page asks for every few seconds."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from console.approvals.forms import DecisionForm, NoteForm
from console.approvals.listing import changes_of, listed, reviews_of, rows_of
from console.approvals.waiting import Waiting, fleets_to_decide_in, waiting_for
from console.overview.matters import matters_of
from console.requests import PageRequest, person_fragment, person_page, see
from console.rights import check_admin, find_fleet
from console.vehicle.history import action_title
from fleets import proposals
from fleets.models import Fleet, Proposal
from fleets.proposals import NotAllowed
from fleets.rights import Right
from fleets.words.why import say
from remotes.asking import break_glass
from remotes.checks.approvals import NotAllowed as NotAllowedHere


@require_safe
@person_fragment
def waiting(request: PageRequest) -> HttpResponse:
    """`decides`: whether the person's say counts anywhere; `items` are what it is wanted for, in the reader's words.

    An item: `id`, `title`, `url`, and for what ends soon `ends` (ISO 8601).
    """
    fleets = fleets_to_decide_in(request.user)
    if not fleets and not request.user.is_superuser:
        return JsonResponse({"decides": False, "count": 0, "items": []})
    found = waiting_for(request.user, fleets)
    return JsonResponse({"decides": True, "count": found.count, "items": list(_items(found))})


@require_safe
@person_fragment
def needs(request: PageRequest) -> HttpResponse:
    """`count`: the things that need somebody in the person's fleets, beside what waits for their decision; `url` leads
    to them.
    """
    fleets = list(matters_of(request.user, timezone.now()))
    url = (
        f"{reverse('overview', args=[fleets[0].public_id])}#needs" if len(fleets) == 1 else reverse("approvals-of-all")
    )
    return JsonResponse({"count": sum(fleet.matters for fleet in fleets), "url": url})


@require_safe
@person_page
def approvals_of_all(request: PageRequest) -> HttpResponse:
    """What waits for the person in all their fleets, for an admin also what is about all fleets; and in which of them
    something needs you.
    """
    found = waiting_for(request.user, fleets_to_decide_in(request.user))
    context = rows_of(found, request.user) | {"fleets": matters_of(request.user, timezone.now())}
    return render(request, "approvals/of_all.html", context)


@require_safe
@person_page
def approvals(request: PageRequest, fleet_id: str) -> HttpResponse:
    """What waits for a second person in a fleet, and what was decided lately."""
    fleet = find_fleet(request, fleet_id, Right.LOOK_ALL)
    context = {"fleet": fleet, "now": timezone.now(), **changes_of(fleet, request.user)}
    return render(request, "approvals/approvals.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@person_page
def proposal(request: PageRequest, proposal_id: str, fleet_id: str | None = None) -> HttpResponse:
    """GET shows the change that somebody wants; POST approves it, refuses it or takes it back."""
    found = _find_proposal(request, fleet_id, proposal_id)
    form = DecisionForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            messages.success(request, _decide(found, request, form))
        except NotAllowed as error:
            messages.error(request, say(error.why))
        return see("approvals", fleet_id) if fleet_id else see("approvals-of-all")
    (row,) = listed([found], request.user)
    context = {"fleet": found.fleet, "row": row, "form": form}
    return render(request, "approvals/proposal.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@person_page
def review(request: PageRequest, fleet_id: str, review_id: str) -> HttpResponse:
    """GET shows what was sent without a second person, and why; POST closes it."""
    fleet = find_fleet(request, fleet_id, Right.LOOK_ALL)
    found = get_object_or_404(reviews_of(fleet), public_id=review_id)
    problem = break_glass.why_not_close(found, request.user)
    form = NoteForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            break_glass.close_review(found, request.user, form.given)
            messages.success(request, _("The review is closed."))
        except NotAllowedHere as error:
            messages.error(request, say(error.why))
        return see("approvals", fleet_id)
    context = {"fleet": fleet, "review": found, "title": action_title(found.action), "form": form}
    context["problem"] = say(problem) if problem else ""
    return render(request, "approvals/review.html", context, status=422 if form.errors else 200)


def _find_proposal(request: PageRequest, fleet_id: str | None, proposal_id: str) -> Proposal:
    """Of the fleet, for who sees all of it; of all fleets for admins. A 404 for another one."""
    fleet: Fleet | None = None
    if fleet_id is None:
        check_admin(request)
    else:
        fleet = find_fleet(request, fleet_id, Right.LOOK_ALL)
    rows = Proposal.objects.select_related("asked_by", "decided_by")
    found = get_object_or_404(rows, fleet=fleet, public_id=proposal_id)
    found.fleet = fleet
    return found


def _decide(found: Proposal, request: PageRequest, form: DecisionForm) -> str:
    """What was done, in words. Raises NotAllowed."""
    decision = form.cleaned_data["decision"]
    if decision == "approve":
        proposals.approve(found, request.user, form.given)
        return _("Approved. The change holds from now on.")
    if decision == "refuse":
        proposals.refuse(found, request.user, form.given)
        return _("Refused. Nothing has changed.")
    proposals.withdraw(found, request.user)
    return _("Taken back. Nothing has changed.")


def _items(found: Waiting) -> list[dict[str, Any]]:
    actions = [
        {
            "id": action.public_id,
            "title": f"{action_title(action)} – {action.vehicle.full_name}",
            "url": reverse("approve-action", args=[action.fleet.public_id, action.vehicle.public_id, action.public_id]),
            "ends": action.expires_at.isoformat(),
        }
        for action in found.actions
    ]
    changes = [
        {"id": change.public_id, "title": say(proposals.describe(change)), "url": address_of(change)}
        for change in found.proposals
    ]
    reviews = [
        {
            "id": each.public_id,
            "title": _("Sent without a second person: %(what)s")
            % {"what": f"{action_title(each.action)} – {each.action.vehicle.full_name}"},
            "url": reverse("review", args=[each.fleet.public_id, each.public_id]),
        }
        for each in found.reviews
    ]
    return [*actions, *changes, *reviews]


def address_of(change: Proposal) -> str:
    if change.fleet is None:
        return reverse("proposal-of-all", args=[change.public_id])
    return reverse("proposal", args=[change.fleet.public_id, change.public_id])
