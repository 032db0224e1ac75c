"""What the pages of a vehicle have in common: whose they are, what they show, and how they answer a change."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any, Literal

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, F, OuterRef
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext_lazy as _
from django_htmx.http import reswap, retarget

from console.forms.reasons import ReasonForm
from console.requests import PageRequest, View, person_page, see, wants_fragment
from console.rights import REFUSALS, NotYours, member_in
from console.vehicle.history import Entry, entry_of, with_people
from console.vehicle.now.result import note_read
from console.vehicle.panel import Panel, panel_of
from console.vehicle.tabs.news import news_of
from console.vehicle.tabs.tab import Tab, tab_of
from console.zones import go_by
from fleets.access import vehicles_of
from fleets.models import Vehicle
from fleets.rights import Right
from fleets.vehicles.position import Position
from fleets.vehicles.state import StateRow
from remotes.checks.movement import Movement
from remotes.finding.marks import carried_out
from remotes.intake.unread import unread
from remotes.life.unknown import known_of
from remotes.models import RemoteAction

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

DONT_SEND = _("Don't send")


@dataclass(frozen=True)
class Question:
    """What a person is asked before something is done, in a dialog or on a page of its own.

    `hidden` are the names and values that go along with the answer. `entry` is the action that it is about, if there is
    one already. `can_change`: the form that was filled in before can be gone back to. `needs_another`: what is asked
    for waits for a second person. For who decides for another: `refuse_url`, the `owner` of the service that asks, the
    `state` that the vehicle told last, its `position` where they may see it, `others`, what else is under way, for how
    long (`life`) it may be sent from then on, and the names of what stands `beside` it that we don't know.
    """

    title: str
    url: str
    button: str
    leave: "StrOrPromise" = DONT_SEND
    warning: str = ""
    hidden: Iterable[tuple[str, str]] = ()
    reason: ReasonForm | None = None
    movement: Movement | None = None
    entry: Entry | None = None
    is_dangerous: bool = True
    can_change: bool = False
    needs_another: bool = False
    refuse_url: str = ""
    owner: User | None = None
    state: Sequence[StateRow] | None = None
    position: Position | None = None
    others: Sequence[Entry] = ()
    life: str = ""
    beside: str = ""

    @property
    def status(self) -> int:
        return 422 if self.reason is not None and self.reason.errors else 200


def find_vehicle(request: PageRequest, fleet_id: str, vehicle_id: str) -> Vehicle:
    """The vehicle with its fleet, which is one of the person's, with their membership; a 404 for another one."""
    # So that the page needs a statement more only where there is any (console/vehicle/tabs/news.py).
    asides = {
        "has_unread": Exists(unread(OuterRef("fleet"))),
        "has_own": Exists(carried_out()),
        "zone": F("fleet__rules__time_zone"),
    }
    rows = vehicles_of(request.user).select_related("fleet", "gateway").annotate(**asides)
    vehicle = get_object_or_404(rows, fleet__public_id=fleet_id, public_id=vehicle_id)
    vehicle.fleet.is_simulated, vehicle.fleet.zone_name = vehicle.gateway.is_simulated, vars(vehicle)["zone"]
    go_by(vehicle.fleet.zone)
    member_in(request, vehicle.fleet)
    return vehicle


def vehicle_page(right: Right) -> Callable[[View], View]:
    """The view gets the vehicle in place of the ids; who lacks the right gets its panel, which says so."""

    def guarding(view: View) -> View:
        @wraps(view)
        def guarded(request: PageRequest, fleet_id: str, vehicle_id: str, **more: str) -> HttpResponseBase:
            vehicle = find_vehicle(request, fleet_id, vehicle_id)
            if not member_in(request, vehicle.fleet).may(right):
                return _forbidden(request, vehicle, str(REFUSALS[right]))
            try:
                return view(request, vehicle, **more)
            except NotYours as refusal:
                return _forbidden(request, vehicle, str(refusal))

        return person_page(guarded)

    return guarding


def find_action(vehicle: Vehicle, action_id: str) -> RemoteAction:
    """The vehicle's action with who asked for it; a 404 for another one."""
    action: RemoteAction = get_object_or_404(with_people(vehicle.remote_actions.all()), public_id=action_id)
    action.vehicle = vehicle
    return action


def shown(action: RemoteAction) -> Entry:
    """The action as a question about it shows it."""
    return entry_of(action, known=known_of([action]).get(action.pk))


def whole_page(
    request: PageRequest, vehicle: Vehicle, tab: Tab = Tab.NOW, *, status: int = 200, panel: Panel | None = None
) -> HttpResponse:
    """A tab of the vehicle's page; `panel` says what was refused just now."""
    return render(request, "vehicle/page.html", news_of(request, vehicle, tab, panel=panel), status=status)


def page_at(request: PageRequest, vehicle: Vehicle, action_id: str) -> HttpResponse:
    """The history from an action on; a 404 where the vehicle has no such action. It is read then."""
    context = news_of(request, vehicle, Tab.HISTORY, action_id)
    entry = next((entry for entry in context["history"].entries if entry.public_id == action_id), None)
    if entry is None:
        raise Http404
    note_read(request, entry)
    return render(request, "vehicle/page.html", context | {"result": None})


def changed(request: PageRequest, vehicle: Vehicle) -> HttpResponse:
    """After a change: the news of the tab for htmx, else back to the vehicle's page; both with the messages."""
    if not wants_fragment(request):
        return to_page(vehicle)
    context = news_of(request, vehicle, tab_of(request)) | {"after_change": True}
    return instead(render(request, "vehicle/fragment.html", context), "#news", "outerHTML")


def refused(request: PageRequest, vehicle: Vehicle, words: str, *, asked: str = "", status: int = 422) -> HttpResponse:
    """The answer to what can't be done: said beside the button that was pressed, or above all where there is none."""
    tab = tab_of(request)
    panel = panel_of(vehicle, member_in(request, vehicle.fleet).sends, words, asked)
    if not wants_fragment(request):
        return whole_page(request, vehicle, status=status, panel=panel)
    if tab != Tab.NOW:
        context = {"words": words}
        return instead(render(request, "vehicle/refusal.html", context, status=status), "#notice", "innerHTML")
    context = news_of(request, vehicle, tab, panel=panel) | {"after_refusal": True}
    return instead(render(request, "vehicle/fragment.html", context, status=status), "#news", "outerHTML")


def ask(request: PageRequest, vehicle: Vehicle, question: Question) -> HttpResponse:
    """Ask in a dialog on the page, or on a page of its own; 422 where the reason is wrong."""
    context = {"fleet": vehicle.fleet, "vehicle": vehicle, "question": question}
    return dialog(request, "vehicle/confirm.html", "vehicle/confirm_form.html", context, question.status)


def dialog(request: PageRequest, page: str, fragment: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    """A page of its own, or its content for the dialog of the page that asks."""
    if not wants_fragment(request):
        return render(request, page, context, status=status)
    return instead(render(request, fragment, context, status=status), "#confirm", "innerHTML")


def instead(response: HttpResponse, target: str, swap: Literal["innerHTML", "outerHTML"]) -> HttpResponse:
    """Tell htmx to put the answer into another place than the one that it asked for."""
    return reswap(retarget(response, target), swap)


def to_page(vehicle: Vehicle) -> HttpResponse:
    """Back to the vehicle's page, by GET whatever came before."""
    return see("vehicle", vehicle.fleet.public_id, vehicle.public_id)


def _forbidden(request: PageRequest, vehicle: Vehicle, words: str) -> HttpResponse:
    """The answer to who acts without the right: the page as it is for them, which says so."""
    if not wants_fragment(request):
        raise PermissionDenied(words)
    return refused(request, vehicle, words, status=403)
