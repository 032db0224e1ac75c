"""What the pages of schedules have in common: whose they are, who may change them, and what their form offers."""

from typing import Any

from django.http import HttpResponse

from console.bulk.forms import stand_in
from console.forms import RemoteForm
from console.requests import PageRequest, see
from console.rights import find_in_fleet
from console.schedules.forms import Offer, ScheduleForm
from console.schedules.prepared import dangerous_titles, with_options
from console.vehicle.panel import panel_of
from console.vehicle_list.saved import views_of
from fleets.access import member_of
from fleets.models import Fleet, Vehicle
from fleets.rights import Right
from remotes.asking.ask import rules_of
from remotes.models import Schedule


def find_schedule(request: PageRequest, fleet_id: str, schedule_id: str, right: Right = Right.LOOK) -> Schedule:
    """The schedule with its fleet, which is one of the person's; a 404 for another one, a 403 without the right."""
    rows = Schedule.objects.select_related("user", "vehicle__gateway", "saved_command")
    return find_in_fleet(request, rows, fleet_id, schedule_id, right)


def offer_of(request: PageRequest, fleet: Fleet, schedule: Schedule | None = None) -> Offer:
    """Two statements and one for the membership."""
    views = views_of(member_of(request.user, fleet.public_id))
    return Offer(fleet, list(views), list(fleet.saved_commands.order_by("name")), schedule)


def vehicle_for(fleet: Fleet, schedule: Schedule | None = None) -> Vehicle:
    """What the forms of remote types ask: what each vehicle can do is looked at when it is asked."""
    own = schedule.vehicle if schedule else None
    return own if own is not None and own.fleet_id == fleet.pk else stand_in(fleet)


def form_context(form: ScheduleForm) -> dict[str, Any]:
    """What the page with the form shows."""
    options: RemoteForm | None = form.options
    context: dict[str, Any] = {
        "fleet": form.fleet,
        "schedule": form.schedule,
        "schedule_form": form,
        "zone": rules_of(form.fleet.pk).zone,
        "many": True,
    }
    if options is not None:
        return context | {"form": options, "vehicle": options.vehicle, "remote_type": options.remote_type}
    panel = panel_of(vehicle_for(form.fleet, form.schedule))
    saved = [(name, command) for name, command in form.saved.items()]
    return context | {"panel": panel, "saved": saved, "with_options": with_options(), "dangerous": dangerous_titles()}


def to_schedule(schedule: Schedule) -> HttpResponse:
    return see("schedule", schedule.fleet.public_id, schedule.public_id)
