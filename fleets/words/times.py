"""Durations and days of the week as people say them."""

import re
from collections.abc import Collection, Sequence

from django.utils.translation import gettext, gettext_lazy

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")

_DURATION = re.compile(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?", re.ASCII)
UNITS = (
    gettext_lazy("%(number)s d"),
    gettext_lazy("%(number)s h"),
    gettext_lazy("%(number)s min"),
    gettext_lazy("%(number)s s"),
)


def duration_words(text: str) -> str:
    """An ISO 8601 duration as people write it: PT1M30S is "1 min 30 s". One that is not plain stays as it is."""
    found = _DURATION.fullmatch(text)
    parts = zip(found.groups(), UNITS, strict=True) if found else ()
    return " ".join(str(unit) % {"number": int(number)} for number, unit in parts if number) or text


def days_words(days: Collection[str]) -> str:
    """Days of the week, three or more in a row as a range: "Mon–Wed, Sun"."""
    places = [place for place, day in enumerate(DAYS) if day in days]
    if not places:
        return gettext("no day")
    if len(places) == len(DAYS):
        return gettext("every day")
    runs: list[list[int]] = []
    for place in places:
        if runs and runs[-1][-1] == place - 1:
            runs[-1].append(place)
        else:
            runs.append([place])
    return ", ".join(_run_words(run) for run in runs)


def day_word(day: str) -> str:
    """The short name of a day of the wire, such as Mon."""
    # Django itself brings its translations.
    return gettext(day)


def _run_words(run: Sequence[int]) -> str:
    if len(run) > 2:
        return f"{day_word(DAYS[run[0]])}–{day_word(DAYS[run[-1]])}"
    return ", ".join(day_word(DAYS[place]) for place in run)
