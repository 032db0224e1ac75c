"""Pages: the figures of a fleet, one at a time, and each as CSV."""

from collections.abc import Callable

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from console.exports import download
from console.requests import PageRequest, person_page
from console.rights import check, find_fleet, member_in
from console.vehicle_list.listing import models_of
from fleets.access import is_narrowed
from fleets.audit.entries import About
from fleets.rights import Right
from fleets.storage import clock
from plots import of_actions, of_callbacks, of_vehicles
from plots.asked import Asked
from plots.choosing import OF_ALL, QUESTIONS, PlotForm
from plots.drawing import drawn, legend
from plots.figure import Figure
from plots.table import lines
from remotes.models import FleetRules
from remotes.rollups.counting import MOST_LIVE
from remotes.rollups.reading import Counted

_OF_ACTIONS: dict[str, Callable[[Asked], tuple[Figure, Counted]]] = {
    "actions": of_actions.actions,
    "causes": of_actions.causes,
    "times": of_actions.times,
    "wake-ups": of_actions.wake_ups,
}


@require_safe
@person_page
def plots(request: PageRequest, fleet_id: str) -> HttpResponse:
    """One figure of a fleet, with its table, and what to choose."""
    asked = _asked(request, fleet_id)
    figures, counted = _figures(asked)
    form, fleet = asked.form, asked.fleet
    offered = [plot for plot in QUESTIONS if plot not in OF_ALL or not is_narrowed(fleet)]
    context = {
        "fleet": fleet,
        "form": form,
        "question": QUESTIONS[form.chosen],
        "tabs": [(plot, QUESTIONS[plot], form.address(plot=plot)) for plot in offered],
        "figures": [(figure, drawn(figure), legend(figure)) for figure in figures],
        "counted": counted,
        "most": MOST_LIVE,
        "now": asked.now,
        "address": form.address(),
        "narrowed": is_narrowed(fleet),
    }
    return render(request, "plots/plots.html", context)


@require_safe
@person_page
def plot_table(request: PageRequest, fleet_id: str) -> HttpResponseBase:
    """The figure's numbers as CSV."""
    asked = _asked(request, fleet_id)
    figures, _ = _figures(asked)
    fleet, plot = asked.fleet, asked.form.chosen
    about = About(fleet_id, fleet.pk)
    return download(request, lines(figures), f"{fleet} {plot}.csv", about=about, what="a figure")


def _asked(request: PageRequest, fleet_id: str) -> Asked:
    """What is asked for; of the whole fleet only by those who see all of it."""
    fleet = find_fleet(request, fleet_id)
    form = PlotForm(request.GET, models_of(member_in(request, fleet)))
    if form.chosen in OF_ALL:
        check(request, fleet, Right.LOOK_ALL)
    rules = FleetRules.objects.filter(pk=fleet.pk).first() or FleetRules(fleet_id=fleet.pk)
    return Asked(fleet, rules, form, clock.now())


def _figures(asked: Asked) -> tuple[list[Figure], Counted]:
    plot = asked.form.chosen
    if plot in _OF_ACTIONS:
        figure, counted = _OF_ACTIONS[plot](asked)
        return [figure], counted
    if plot == "deliveries":
        return [of_callbacks.deliveries(asked)], Counted([], asked.now)
    figures = [of_vehicles.now(asked)]
    # What was noted is of all vehicles.
    return figures if asked.is_narrowed else [*figures, of_vehicles.over_time(asked)], Counted([], asked.now)
