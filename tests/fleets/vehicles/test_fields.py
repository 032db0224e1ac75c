"""All that is published of a vehicle's state is shown, and the table in the docs says where."""

from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from fleets.vehicles.dates import TRUSTED
from fleets.vehicles.state import state_rows
from fleets.vehicles.state.fields import ROW_OF, ROWS, TITLES, UNSHOWN
from fleets.vehicles.state.others import other_values
from protocol.v1.telemetry import decode_telemetry
from tests import published
from tests.fleets.vehicles.fields_table import document, leaves, paths, put

DOCS = Path(__file__).resolve().parents[3] / "docs" / "state-fields.md"
CHARGING = "energies[].extension.electric.charging"
# What makes each row have something to say, where the first of the published words does not.
TELLING: dict[str, Any] = {
    "energies[].type": "Electric",
    "energies[].subType": "Hydrogen",
    f"{CHARGING}.status": "InProgress",
    f"{CHARGING}.chargingMode": "Slow",
    "lightingSystem.turn[].status": "On",
    "lightingSystem.fog[].status": "On",
    "alarm.trigger.type": "HoodDoorBreakIn",
    "preconditioning.airConditioning.status": "Failure",
    "odometer.mileage": 9000,
    "energies[].extension.electric.battery.load.capacity": 34016,
    "energies[].extension.electric.battery.load.residual": 15200,
    "tyreState[].pressure.value": 240000,
    "alerts.active.activeAlerts[].endAt": None,
}
# Another value of a field, and what else must be so for it to be seen.
OTHERWISE: dict[str, dict[str, Any]] = {
    "preconditioning.airConditioning.startingCause": {"preconditioning.airConditioning.status": "Enabled"},
    "stolen.endAt": {"stolen.state": False},
    "_embedded.extension.odometer.mileage": {"odometer.mileage": None},
    "_embedded.extension.kinetic.moving": {"kinetic": None, "_embedded.extension.kinetic.speed": None},
    "_embedded.extension.kinetic.speed": {"kinetic": None},
    "kinetic.moving": {"kinetic.speed": None},
    **{f"alerts.report.reportDetails[].{name}": {"alerts.active": None} for name in ("type", "severity", "active")},
    f"{CHARGING}.schedule.programs[].minChargingLevel": {f"{CHARGING}.schedule.programs[].maxChargingLevel": 80},
    f"{CHARGING}.schedule.programs[].maxChargingLevel": {f"{CHARGING}.schedule.programs[].minChargingLevel": 20},
}


def told(path: str) -> bool:
    """Whether it says something of the vehicle; dates are the ages of all else."""
    return path.rpartition(".")[2] not in TRUSTED and path not in UNSHOWN and "geometry" not in path


@pytest.fixture(scope="module")
def of_v3() -> Any:
    return document(leaves("Status", published.API))


@pytest.fixture(scope="module")
def of_v1() -> Any:
    found = leaves("AggregatedTelemetries", published.API_V1)
    # The deprecated place of the programs gives way to the other one.
    return decode_telemetry(document({path: value for path, value in found.items() if "charging.programs" not in path}))


def shown(state: Any) -> tuple[set[str], dict[str, str]]:
    """The keys of the rows, and the titles of all else by their paths."""
    keys = {row.key.partition("-")[0] if row.key.startswith("energy-") else row.key for row in state_rows(state)}
    return keys, {other.path: other.title for other in other_values(state)}


@pytest.mark.parametrize("name", ["of_v3", "of_v1"])
def test_each_published_field_is_in_its_row_or_has_a_title(name: str, request: pytest.FixtureRequest):
    state = request.getfixturevalue(name)
    there = set(paths(state))
    for path in there & TELLING.keys():
        put(state, path, TELLING[path])
    keys, others = shown(state)
    for path in filter(told, paths(state)):
        if path in ROW_OF:
            assert ROW_OF[path] in keys, path
        else:
            assert others.get(path), f"{path} is nowhere, or has no title"


def test_each_field_of_a_row_changes_what_the_row_says(of_v3: Any, of_v1: Any):
    """So that no field is only said to be shown."""
    state = of_v1 | of_v3
    put(state, "preconditioning.airConditioning.programs[].temp", 21)
    state["energies"][0]["extension"]["electric"]["charging"]["schedule"]["programs"][0] |= {
        "minChargingLevel": 5,
        "maxChargingLevel": 90,
    }
    for path, value in TELLING.items():
        put(state, path, value)
    state["lastPosition"]["geometry"]["coordinates"] = [4.8, 45.7]
    present = set(paths(state))
    unseen = []
    for path in (path for path in ROW_OF if path in present):
        before = _with(state, OTHERWISE.get(path, {}))
        after = deepcopy(before)
        put(after, path, _another(_at(before, path)))
        if state_rows(before) == state_rows(after):
            unseen.append(path)
    assert not unseen, unseen
    assert present >= set(ROW_OF)


def _with(state: Any, changes: dict[str, Any]) -> Any:
    changed = deepcopy(state)
    for path, value in changes.items():
        put(changed, path, value)
    return changed


def _at(state: Any, path: str) -> Any:
    for name in path.replace("[]", ".[]").split("."):
        state = state[0] if name == "[]" else state[name]
    return state


def _another(value: Any) -> Any:
    if isinstance(value, bool):
        return not value
    if isinstance(value, str):
        return {"PT7H30M": "PT9H15M", "2026-11-21T11:00:00Z": "2026-11-22T11:00:00Z", "On": "Off"}.get(value, "Another")
    return value * 3 if isinstance(value, int | float) and value else "Another"


def table() -> list[str]:
    """The lines of the docs' table, by the code."""
    rows = [f"| `{path}` | row `{key}` |" for key, all_of_it in ROWS.items() for path in all_of_it]
    others = [f"| `{path}` | {title} |" for path, title in TITLES.items()]
    return sorted([*rows, *others])


def test_the_docs_have_the_table_of_the_code():
    lines = [line for line in DOCS.read_text().splitlines() if line.startswith("| `")]
    assert lines == table()


def test_what_is_published_nowhere_is_shown_by_its_path():
    (other,) = other_values({"newPart": {"createdAt": "2026-11-21T11:00:00Z", "cups": [2, 3]}})
    assert (other.path, other.title, other.text, other.at is not None) == ("newPart.cups[]", "", "2, 3", True)
