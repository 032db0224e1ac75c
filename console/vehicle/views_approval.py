"""Pages: the second person approves an action or refuses it, or somebody sends it without one and says why."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from console.accounts import second_factor
from console.approvals.forms import GlassForm, RefusalForm
from console.requests import PageRequest, wants_fragment
from console.rights import member_in
from console.vehicle.history import with_people
from console.vehicle.pages import Question, ask, changed, shown, vehicle_page
from console.vehicle.state_card import told_by
from console.vehicle.tabs.news import tell_look
from console.vehicle.views_actions import about, address_of, find_own, movement_about, names_of, warning_about
from fleets.models import Vehicle
from fleets.rights import Right
from protocol.catalogue import SAYS_NOTHING
from remotes.asking import break_glass
from remotes.asking.ask import rules_of
from remotes.checks import approvals
from remotes.checks.approvals import NotAllowed
from remotes.models import RemoteAction
from remotes.models.action import OPEN_STATES
from remotes.words.describe import seconds_words

MOST_OTHERS = 5
"""So many other actions that are under way are shown beside the one that is decided on."""


@require_http_methods(["GET", "HEAD", "POST"])
@vehicle_page(Right.APPROVE)
def approve_action(request: PageRequest, vehicle: Vehicle, action_id: str) -> HttpResponse:
    """GET shows who asks for what and why, and what is known of the vehicle; POST lets it be sent."""
    action = find_own(request, vehicle, action_id)
    problem = approvals.why_not(action, request.user)
    if problem is not None:
        messages.error(request, about(action, problem))
        return changed(request, vehicle)
    if request.method != "POST":
        return ask(request, vehicle, _approval(request, action))
    try:
        approvals.approve(action, request.user)
    except NotAllowed as error:
        messages.error(request, about(action, error.why))
    return changed(request, vehicle)


@require_http_methods(["GET", "HEAD", "POST"])
@vehicle_page(Right.APPROVE)
def refuse_action(request: PageRequest, vehicle: Vehicle, action_id: str) -> HttpResponse:
    """GET asks why; POST ends what waits: it is not sent."""
    action = find_own(request, vehicle, action_id)
    problem = approvals.why_not(action, request.user)
    if problem is not None:
        messages.error(request, about(action, problem))
        return changed(request, vehicle)
    form = RefusalForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return ask(request, vehicle, _refusal(action, form))
    try:
        approvals.refuse(action, request.user, form.given)
    except NotAllowed as error:
        messages.error(request, about(action, error.why))
    return changed(request, vehicle)


@require_http_methods(["GET", "HEAD", "POST"])
@vehicle_page(Right.BREAK_GLASS)
def send_alone(request: PageRequest, vehicle: Vehicle, action_id: str) -> HttpResponse:
    """GET asks why; POST sends what waits without its second person. Both want the second factor, shown just now."""
    action = find_own(request, vehicle, action_id)
    problem = break_glass.why_not(action, request.user)
    if problem is not None:
        messages.error(request, about(action, problem))
        return changed(request, vehicle)
    # Who has no factor is led on to set one up, and from there back.
    if not second_factor.is_fresh(request):
        return _onward(request, second_factor.ask_again(request, address_of("break-glass", action)))
    form = GlassForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return ask(request, vehicle, _glass(request, action, form))
    try:
        break_glass.break_glass(action, request.user, form.given)
        messages.warning(request, _("It is sent. All managers are told, and one of them looks into it."))
    except NotAllowed as error:
        messages.error(request, about(action, error.why))
    return changed(request, vehicle)


def _onward(request: PageRequest, response: HttpResponse) -> HttpResponse:
    """A dialog can't ask for a second factor: the whole page goes there, and comes back to the question."""
    if not wants_fragment(request):
        return response
    return HttpResponse(headers={"HX-Redirect": response["Location"]})


def _approval(request: PageRequest, action: RemoteAction) -> Question:
    return Question(
        title=_("Approve: %(command)s – %(vehicle)s?") % names_of(action),
        url=address_of("approve-action", action),
        button=_("Approve and send"),
        leave=_("Decide later"),
        refuse_url=address_of("refuse-action", action),
        warning=warning_about(action),
        movement=movement_about(action),
        entry=shown(action),
        is_dangerous=action.type.dangerous and not action.type.is_release(action.payload, action.extra),
        **_known(request, action),
    )


def _refusal(action: RemoteAction, form: RefusalForm) -> Question:
    return Question(
        title=_("Refuse: %(command)s – %(vehicle)s?") % names_of(action),
        url=address_of("refuse-action", action),
        button=_("Refuse: don't send it"),
        leave=_("Decide later"),
        reason=form,
        entry=shown(action),
        is_dangerous=False,
    )


def _glass(request: PageRequest, action: RemoteAction, form: GlassForm) -> Question:
    return Question(
        title=_("Send without a second person: %(command)s – %(vehicle)s?") % names_of(action),
        url=address_of("break-glass", action),
        button=_("Send it alone"),
        leave=_("Wait for a second person"),
        warning=_(
            "It is sent at once. All managers are told, by mail too, with your name and your reason. It stays on the "
            "overview until another manager has looked into it."
        ),
        movement=movement_about(action),
        reason=form,
        entry=shown(action),
        **_known(request, action),
    )


def _known(request: PageRequest, action: RemoteAction) -> dict[str, Any]:
    """What the vehicle told last, each with its age; where it is for who may see that, which stands in the audit.

    And what whoever asks has chosen, which the name of the action does not tell.
    """
    sees = member_in(request, action.vehicle.fleet).may(Right.SEE_POSITIONS)
    told = told_by(action.vehicle, rules_of(action.vehicle.fleet_id).zone, sees_positions=sees)
    owner = action.api_client.owner if action.api_client_id and action.api_client else None
    others = with_people(action.vehicle.remote_actions.filter(state__in=OPEN_STATES).exclude(pk=action.pk))
    return {
        "state": told.rows,
        "position": tell_look(request, action.vehicle),
        "owner": owner,
        "others": [shown(other) for other in others[:MOST_OTHERS]],
        "life": seconds_words(round((action.lives_for or action.type.time_to_live).total_seconds())),
        "beside": ", ".join(sorted(action.extra.keys() - SAYS_NOTHING)),
    }
