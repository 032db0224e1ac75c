"""What the pages of schedules have in common: whose they are, who may change them, and what their form offers."""

from typing import Any

from django.http import HttpResponse

from console.bulk.forms import stand_in
from console.forms import RemoteForm
from console.requests import PageRequest, see
from console.rights import check_sends, find_fleet, find_in_fleet, member_in
from console.schedules.forms import Offer, ScheduleForm
from console.schedules.prepared import dangerous_titles, with_options
from console.vehicle.panel import panel_of
from console.vehicle_list.saved import views_of
from fleets.models import Fleet, Vehicle
from fleets.rights import Right
from remotes.models import Schedule


def find_schedule(request: PageRequest, fleet_id: str, schedule_id: str, right: Right = Right.LOOK) -> Schedule:
    """The schedule with its fleet, which is one of the person's; a 404 for another one, a 403 without the right.

    Another right than to look asks for that to send its type too.
    """
    rows = Schedule.objects.select_related("user", "vehicle__gateway", "saved_command")
    fleet = find_fleet(request, fleet_id, Right.LOOK_ALL)
    found = find_in_fleet(request, rows, fleet, schedule_id, right)
    if right is not Right.LOOK:
        check_sends(request, fleet, found.remote_type)
    return found


def offer_of(request: PageRequest, fleet: Fleet, schedule: Schedule | None = None) -> Offer:
    """Two statements."""
    member = member_in(request, fleet)
    saved = fleet.saved_commands.filter(remote_type__in=member.sends).order_by("name")
    return Offer(fleet, list(views_of(member)), list(saved), member.sends, schedule)


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
        "many": True,
    }
    if options is not None:
        return context | {"form": options, "vehicle": options.vehicle, "remote_type": options.remote_type}
    panel = panel_of(vehicle_for(form.fleet, form.schedule), form.sends)
    saved = [(name, command) for name, command in form.saved.items()]
    return context | {
        "panel": panel,
        "saved": saved,
        "with_options": with_options(form.sends),
        "dangerous": dangerous_titles(),
    }


def to_schedule(schedule: Schedule) -> HttpResponse:
    return see("schedule", schedule.fleet.public_id, schedule.public_id)
