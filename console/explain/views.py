"""Page: why an action failed, and what to do next."""

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from console.explain.explanation import explain, is_explained
from console.requests import PageRequest, person_page
from console.rights import member_in
from console.vehicle.pages import changed, dialog, find_action, find_vehicle
from fleets.rights import Right
from remotes.asking.ask import rules_of
from remotes.explain.facts import gather


@require_safe
@person_page
def explain_action(request: PageRequest, fleet_id: str, vehicle_id: str, action_id: str) -> HttpResponse:
    """In a dialog on the vehicle's page, or on a page of its own."""
    vehicle = find_vehicle(request, fleet_id, vehicle_id)
    action = find_action(vehicle, action_id)
    if not is_explained(action):
        return changed(request, vehicle)
    member = member_in(request, vehicle.fleet)
    context = {
        "fleet": vehicle.fleet,
        "vehicle": vehicle,
        "action": action,
        "explained": explain(gather(action, vehicle, rules_of(vehicle.fleet_id)), member.sends),
        "may_command": member.may(Right.SEND),
    }
    return dialog(request, "explain/page.html", "explain/explanation.html", context)
