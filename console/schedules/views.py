"""Pages: the schedules of a fleet, and one of them with what became of its times."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from campaigns.schedules.running import may_ask
from console.requests import PageRequest, person_page
from console.rights import find_fleet, member_in
from console.schedules.forms import ListForm
from console.schedules.listing import next_times, run_page, schedule_page
from console.schedules.pages import find_schedule
from console.schedules.words import (
    command_title,
    limit_words,
    maker_of,
    missed_words,
    state_word,
    when_words,
    whom_words,
)
from fleets.rights import Right
from remotes.asking.ask import rules_of
from remotes.models import Schedule

State = Schedule.State


@require_safe
@person_page
def schedules(request: PageRequest, fleet_id: str) -> HttpResponse:
    """The fleet's schedules: those that run, or are paused, or have ended."""
    fleet = find_fleet(request, fleet_id, Right.LOOK_ALL)
    form = ListForm(request.GET)
    state = State(form.value("state") or State.ACTIVE)
    context = {
        "fleet": fleet,
        "may_command": member_in(request, fleet).may(Right.CHANGE_SCHEDULES),
        "page": schedule_page(fleet, state, form.value("after") or "", fleet.zone),
        "start": form.value("after"),
        "state": state,
        "now": timezone.now(),
    }
    return render(request, "schedules/schedules.html", context)


@require_safe
@person_page
def schedule(request: PageRequest, fleet_id: str, schedule_id: str) -> HttpResponse:
    """What a schedule does, when it runs next, and what became of its times."""
    found = find_schedule(request, fleet_id, schedule_id)
    start = ListForm(request.GET).value("before")
    rules, member = rules_of(found.fleet_id), member_in(request, found.fleet)
    context = {
        "fleet": found.fleet,
        "schedule": found,
        "may_command": member.may(Right.CHANGE_SCHEDULES) and member.may_send(found.remote_type),
        "word": state_word(found),
        "title": command_title(found),
        "whom": whom_words(found),
        "when": when_words(found),
        "limit": limit_words(found),
        "missed": missed_words(found),
        "maker": maker_of(found),
        "maker_may": may_ask(found),
        "needs_approval": rules.wants_two_people(found.type, found.payload),
        "times": next_times(found, rules.zone),
        "page": run_page(found, start),
        "start": start,
        "now": timezone.now(),
    }
    return render(request, "schedules/schedule.html", context)
