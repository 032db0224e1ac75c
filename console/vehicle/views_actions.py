"""Pages: what a person does about an action: cancel, decide on an unknown outcome, send again."""

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from console.forms.reasons import DecisionForm, ReasonForm
from console.requests import PageRequest
from console.rights import check_sends
from console.vehicle.history import action_title, may_repeat
from console.vehicle.pages import Question, ask, changed, find_action, shown, vehicle_page
from console.vehicle.panel import warning_of
from fleets.audit.entries import person
from fleets.models import Vehicle
from fleets.rights import Right
from fleets.words.why import say
from protocol.canonical import Remote
from protocol.why import Why
from remotes.asking import cancel
from remotes.asking.ask import NotPossible, Wishes, request_action, rules_of
from remotes.asking.cancel import TooLate
from remotes.asking.decide import decide
from remotes.checks import approvals
from remotes.checks.approvals import NotAllowed
from remotes.checks.movement import Movement, movement_before
from remotes.models import RemoteAction

PAGE = RemoteAction.Origin.PAGE

_FOUND = {"yes": gettext_lazy("It was carried out"), "no": gettext_lazy("It was not carried out")}
_ASKED = {
    "yes": gettext_lazy("%(command)s – %(vehicle)s: it was carried out?"),
    "no": gettext_lazy("%(command)s – %(vehicle)s: it was not carried out?"),
}


@require_POST
@vehicle_page(Right.SEND)
def cancel_action(request: PageRequest, vehicle: Vehicle, action_id: str) -> HttpResponse:
    """Cancel what has not been sent; where it is too late the page says why."""
    action = find_own(request, vehicle, action_id)
    try:
        cancel.cancel(action, person(request.user))
    except TooLate as error:
        words = _("%(command)s: it can't be cancelled any more. %(why)s")
        messages.error(request, words % {"command": action_title(action), "why": say(error.why)})
    return changed(request, vehicle)


@require_http_methods(["GET", "HEAD", "POST"])
@vehicle_page(Right.SEND)
def decide_action(request: PageRequest, vehicle: Vehicle, action_id: str) -> HttpResponse:
    """GET shows what is known and asks how the person knows better; POST ends the action with what they say."""
    action = find_own(request, vehicle, action_id)
    if action.state != RemoteAction.State.UNKNOWN:
        messages.warning(request, _("%(command)s: its outcome is known by now.") % {"command": action_title(action)})
        return changed(request, vehicle)
    form = DecisionForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        happened = request.POST.get("happened") or request.GET.get("happened", "")
        return ask(request, vehicle, _decision(action, "no" if happened == "no" else "yes", form))
    try:
        decide(action, request.user, happened=form.has_happened, reason=form.given)
    except NotAllowed as error:
        messages.warning(request, about(action, error.why))
    return changed(request, vehicle)


@require_http_methods(["GET", "HEAD", "POST"])
@vehicle_page(Right.SEND)
def repeat_action(request: PageRequest, vehicle: Vehicle, action_id: str) -> HttpResponse:
    """GET asks whether an action that came to nothing is to be sent again; POST asks for it anew."""
    action = find_own(request, vehicle, action_id)
    if not may_repeat(action):
        words = _("%(command)s: there is no need to send it again.")
        messages.warning(request, words % {"command": action_title(action)})
        return changed(request, vehicle)
    confirmed = request.method == "POST"
    reason = ReasonForm(request.POST if confirmed else None) if action.type.dangerous else None
    if not confirmed or (reason is not None and not reason.is_valid()):
        return ask(request, vehicle, _repetition(action, reason))
    remote = Remote(action.type, action.payload, action.label, action.extra)
    # Who had a hand in it has one in its repetition too.
    wishes = Wishes(reason=reason.given if reason else "", origin=PAGE, touched=approvals.hands_in(action))
    try:
        request_action(vehicle, remote, user=request.user, wishes=wishes)
    except NotPossible as error:
        messages.error(request, say(error.why))
    return changed(request, vehicle)


def find_own(request: PageRequest, vehicle: Vehicle, action_id: str) -> RemoteAction:
    """The vehicle's action of a type that the person may send; a 404 for another vehicle's, a 403 for another type."""
    action = find_action(vehicle, action_id)
    check_sends(request, vehicle.fleet, action.remote_type)
    return action


def _decision(action: RemoteAction, happened: str, form: DecisionForm) -> Question:
    return Question(
        title=str(_ASKED[happened]) % names_of(action),
        url=address_of("decide-action", action),
        button=str(_FOUND[happened]),
        leave=_("Leave it open"),
        warning=_("It ends with what you say. What the manufacturer's cloud tells later still corrects it."),
        hidden=[("happened", happened)],
        reason=form,
        entry=shown(action),
        is_dangerous=False,
    )


def _repetition(action: RemoteAction, reason: ReasonForm | None) -> Question:
    return Question(
        title=_("Try again: %(command)s – %(vehicle)s?") % names_of(action),
        url=address_of("repeat-action", action),
        button=_("Try again"),
        warning=warning_about(action),
        reason=reason,
        movement=movement_about(action),
        entry=shown(action),
        is_dangerous=action.type.dangerous and not action.type.is_release(action.payload, action.extra),
        needs_another=rules_of(action.fleet_id).wants_two_people(action.type, action.payload, action.extra),
    )


def names_of(action: RemoteAction) -> dict[str, object]:
    return {"command": action_title(action), "vehicle": action.vehicle}


def about(action: RemoteAction, why: Why) -> str:
    return f"{action_title(action)}: {say(why)}"


def warning_about(action: RemoteAction) -> str:
    """What the ready-made command that does the same warns of; or one of its kind, where it takes nothing back."""
    kind, payload = action.type, action.payload
    same = [command.name for command in kind.commands if command.payload == payload]
    if not same and not kind.is_release(payload, action.extra):
        same = [command.name for command in kind.features if command.payload.keys() == payload.keys()]
    return warning_of(same[0]) if same else ""


def movement_about(action: RemoteAction) -> Movement | None:
    rules = rules_of(action.fleet_id)
    return movement_before(action.vehicle, action.type, action.payload, rules, timezone.now())


def address_of(name: str, action: RemoteAction) -> str:
    vehicle: Vehicle = action.vehicle
    return reverse(name, args=[vehicle.fleet.public_id, vehicle.public_id, action.public_id])
