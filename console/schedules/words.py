"""What a schedule does, for whom and when, and what became of each time, as a fleet manager says it."""

from collections.abc import Sequence
from datetime import date, time

from django.db.models import TextChoices
from django.utils.formats import date_format
from django.utils.translation import gettext, gettext_lazy, ngettext

from console.bulk.words import state_word as bulk_word
from console.numbers import number
from console.vehicle.history import name_of
from fleets.words.numbers import Tone, Word
from fleets.words.why import say
from protocol.catalogue import REMOTE_TYPES
from remotes.finding.vehicles import NotUnderstood, VehicleFilter, read_filter
from remotes.models import Schedule, ScheduleRun
from remotes.models.schedule import Prepared
from remotes.words.describe import describe
from remotes.words.statuses import present_word

# The filter of a schedule that is for all vehicles.
EVERYBODY = VehicleFilter().stored

Run = ScheduleRun.State
Why = ScheduleRun.Why

DAYS = (
    gettext_lazy("Monday"),
    gettext_lazy("Tuesday"),
    gettext_lazy("Wednesday"),
    gettext_lazy("Thursday"),
    gettext_lazy("Friday"),
    gettext_lazy("Saturday"),
    gettext_lazy("Sunday"),
)
SHORT_DAYS = (
    gettext_lazy("Mon"),
    gettext_lazy("Tue"),
    gettext_lazy("Wed"),
    gettext_lazy("Thu"),
    gettext_lazy("Fri"),
    gettext_lazy("Sat"),
    gettext_lazy("Sun"),
)
_WORKDAYS, _ALL_DAYS = list(range(5)), list(range(7))

_STATES: dict[TextChoices, tuple[object, Tone]] = {
    Schedule.State.ACTIVE: (gettext_lazy("Active"), Tone.GOOD),
    Schedule.State.PAUSED: (gettext_lazy("Paused"), Tone.WARN),
    Schedule.State.ENDED: (gettext_lazy("Ended"), Tone.PLAIN),
}
_RUNS: dict[TextChoices, tuple[object, Tone]] = {
    Run.SENT: (gettext_lazy("Sent"), Tone.GOOD),
    Run.PART: (gettext_lazy("Sent in part"), Tone.WARN),
    Run.SKIPPED: (gettext_lazy("Not sent"), Tone.BAD),
    Run.MISSED: (gettext_lazy("Missed"), Tone.WARN),
}
_MISSED = {
    Schedule.Missed.SKIP: gettext_lazy("A time that is missed since FleetRemote does not run is left out."),
    Schedule.Missed.SEND: gettext_lazy(
        "What is missed since FleetRemote does not run is sent as soon as it runs again, once."
    ),
}


def command_title(prepared: Prepared) -> str:
    """What it asks of a vehicle, in a few words."""
    known = prepared.remote_type in REMOTE_TYPES
    return describe(prepared.type, prepared.payload) if known else prepared.remote_type


def maker_of(schedule: Schedule) -> str:
    return name_of(schedule.user) if schedule.user else gettext("someone who is not here any more")


def state_word(schedule: Schedule) -> Word:
    return _word(_STATES, Schedule.State(schedule.state))


def run_word(run: ScheduleRun) -> Word:
    """How it went; for a late one too, which is as good as sent."""
    word = _word(_RUNS, Run(run.state))
    if run.why == Why.LATE and run.state == Run.SENT:
        return Word(gettext("Sent late"), Tone.WARN)
    return word


def outcome_word(run: ScheduleRun) -> Word | None:
    """How what it has asked for stands now."""
    if run.bulk is not None:
        return bulk_word(run.bulk)
    return present_word(run.action.state, run.action.status) if run.action is not None else None


def missed_words(schedule: Schedule) -> str:
    return str(_MISSED[Schedule.Missed(schedule.missed)])


def whom_words(schedule: Schedule) -> str:
    """Which vehicles it is for."""
    if schedule.vehicle is not None:
        return schedule.vehicle.full_name
    if schedule.filter == EVERYBODY:
        return gettext("All vehicles")
    if schedule.view_name:
        return gettext("Vehicles of the view “%(name)s”") % {"name": schedule.view_name}
    words = searched(schedule.filter)
    if words is not None:
        return gettext("Vehicles that match “%(words)s”") % {"words": words}
    return gettext("Vehicles that a view shows")


def searched(stored: object) -> str | None:
    """What is searched for by a filter that does nothing else; None for others."""
    try:
        given = read_filter(stored).given
    except NotUnderstood:
        return None
    return str(given["q"]) if list(given) == ["q"] else None


def when_words(schedule: Schedule) -> str:
    """When it runs, in the fleet's time."""
    at = clock_words(schedule.local_time)
    if schedule.local_date is not None:
        return gettext("%(day)s at %(time)s") % {"day": day_words(schedule.local_date), "time": at}
    if schedule.days == _ALL_DAYS:
        return gettext("Every day at %(time)s") % {"time": at}
    if schedule.days == _WORKDAYS:
        return gettext("Monday to Friday at %(time)s") % {"time": at}
    return gettext("%(days)s at %(time)s") % {"days": _days(schedule.days), "time": at}


def limit_words(schedule: Schedule) -> str:
    """From its first day to its last; empty where it has neither."""
    limits = {
        "first": day_words(schedule.starts_on) if schedule.starts_on else "",
        "last": day_words(schedule.ends_on) if schedule.ends_on else "",
    }
    if schedule.starts_on and schedule.ends_on:
        return gettext("from %(first)s to %(last)s") % limits
    if schedule.starts_on:
        return gettext("from %(first)s on") % limits
    return gettext("until %(last)s") % limits if schedule.ends_on else ""


def day_words(day: date) -> str:
    return date_format(day, "SHORT_DATE_FORMAT")


def clock_words(at: time) -> str:
    return f"{at:%H:%M}"


def why_words(run: ScheduleRun) -> str:
    """Why it went so, in a sentence; empty where there is nothing to say."""
    if run.why == Why.UNABLE:
        return say(run.detail) or gettext("None of the vehicles could be sent it.")
    if run.why:
        return str(_WHY[Why(run.why)])
    if run.state == Run.PART:
        return ngettext(
            "%(number)s vehicle was left out; the bulk command says why.",
            "%(number)s vehicles were left out; the bulk command says why.",
            run.left_out,
        ) % {"number": number(run.left_out)}
    return ""


def asked_words(run: ScheduleRun) -> str:
    """How many vehicles were asked; empty where it was for one."""
    if run.bulk is None and not (run.asked and run.action is None):
        return ""
    return ngettext("%(number)s vehicle was asked.", "%(number)s vehicles were asked.", run.asked) % {
        "number": number(run.asked)
    }


def _days(days: Sequence[int]) -> str:
    if len(days) == 1:
        return str(DAYS[days[0]])
    return ", ".join(str(SHORT_DAYS[day]) for day in sorted(days))


def _word(words: dict[TextChoices, tuple[object, Tone]], state: TextChoices) -> Word:
    text, tone = words[state]
    return Word(str(text), tone)


_WHY = {
    Why.LATE: gettext_lazy("FleetRemote did not run at that time, so it was sent late, as the schedule says."),
    Why.DOWN: gettext_lazy("FleetRemote did not run at that time, and the schedule says to leave it out then."),
    Why.REPLACED: gettext_lazy("FleetRemote did not run at that time. A later time was missed too, and sent instead."),
    Why.RIGHTS: gettext_lazy(
        "Whoever it runs for may not send this any more. Somebody else takes it over by changing it."
    ),
    Why.LEFT: gettext_lazy("The vehicle has left the fleet."),
    Why.NOBODY: gettext_lazy("No vehicle was meant at that time."),
    Why.UNCLEAR: gettext_lazy(
        "For which vehicles it is can't be understood any more, so it was sent to none. Change the schedule and choose "
        "them again."
    ),
    Why.TOO_MANY: gettext_lazy("Too many vehicles were meant: make several schedules of it."),
}
