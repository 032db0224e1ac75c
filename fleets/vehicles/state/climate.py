"""Of a vehicle's state: heating and cooling of the cabin, why it did not run, and its programs."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from fleets.vehicles import words
from fleets.vehicles.dates import said_at
from fleets.vehicles.state.programs import program_words
from fleets.vehicles.state.row import StateRow, Told
from fleets.vehicles.state.values import dig, joined


def climate(told: Told) -> Iterator[StateRow]:
    part = dig(told.state, "preconditioning", "airConditioning")
    status, failure, start = (dig(part, name) for name in ("status", "failureCause", "startingCause"))
    if not isinstance(status, str) and not isinstance(failure, str):
        return
    found = [str(words.CLIMATE.get(status, status))] if isinstance(status, str) else []
    if isinstance(failure, str) and status != "Enabled":
        found.append(str(words.CLIMATE_FAILURES.get(failure, failure)))
    if isinstance(start, str) and status == "Enabled":
        found.append(str(words.CLIMATE_STARTS.get(start, start)))
    tone = {"Enabled": "ok", "Failure": "bad"}.get(str(status), "")
    yield StateRow("climate", _("Cabin climate"), joined(found), said_at(part), tone)


def programs(told: Told) -> Iterator[StateRow]:
    part = dig(told.state, "preconditioning", "airConditioning")
    text = program_words(dig(part, "programs"))
    if text:
        yield StateRow("climate-programs", _("Cabin programs"), text, said_at(part))
