"""Whatever goes wrong at the cloud while whatever dies here, a vehicle acts once at most, and its truth is shown.

That also holds where the cloud's lists lie about what it has taken. Some runs draw a seeded sample of the fault
matrix; FLEETREMOTE_TEST_LONG=1 runs all its cells. See docs/faults.md.
"""

from collections import Counter
from dataclasses import asdict

import pytest

from protocol.catalogue import REMOTE_TYPES
from tests.drawn import SEED
from tests.faults.alone import run_alone
from tests.faults.matrix.lies import LIE_TYPES, LIES
from tests.faults.matrix.plan import CRASHES, DIALECTS, FAULTS, OF_DIALECT, TYPES, Cell, Plan, small, whole
from tests.faults.matrix.report import Outcome, in_words, read_outcomes
from tests.long_form import LONG

# Each run draws others.
PLANS = [pytest.param(small(int(SEED) if SEED.isdigit() else 1), marks=pytest.mark.timeout(300), id="small")]
if LONG:
    PLANS += [pytest.param(whole(), marks=pytest.mark.timeout(3600), id="whole")]


def run(plan: Plan) -> tuple[list[Outcome], float]:
    said = run_alone("matrix", asdict(plan))
    return read_outcomes(said)


@pytest.mark.drawn("faults", 2)
@pytest.mark.parametrize("plan", PLANS)
def test_done_once_at_most_never_late_and_shown_as_it_was(plan: Plan, capsys: pytest.CaptureFixture[str]) -> None:
    outcomes, seconds = run(plan)
    with capsys.disabled():
        print(f"\n{in_words(outcomes, seconds)}")
    assert Counter(outcome.cell for outcome in outcomes) == Counter([*plan.cells(), *plan.lies()])
    assert [(outcome.broken, outcome) for outcome in outcomes if outcome.broken] == []


@pytest.mark.parametrize("seed", range(20))
def test_each_sample_has_every_fault_crash_and_type(seed: int) -> None:
    cells = small(seed).cells()
    assert [cell.fault for cell in cells] == list(FAULTS)
    assert {cell.crash for cell in cells} == {crash.name for crash in CRASHES}
    assert {cell.type for cell in cells} == set(TYPES)
    assert {cell.dialect for cell in cells} == set(DIALECTS)


@pytest.mark.parametrize("seed", range(20))
def test_each_sample_has_every_lie_type_and_crash(seed: int) -> None:
    cells = small(seed).lies()
    assert [cell.fault for cell in cells] == list(LIES)
    assert {cell.type for cell in cells} == set(LIE_TYPES) == set(REMOTE_TYPES)
    assert {cell.crash for cell in cells} == {crash.name for crash in CRASHES[:4]}
    assert {cell.dialect for cell in cells} == set(DIALECTS)
    assert all(cell.type in OF_DIALECT[cell.dialect] for cell in cells)


def test_the_whole_has_every_cell_once() -> None:
    cells, lies = whole().cells(), whole().lies()
    assert len(cells) == len(set(cells)) == 13 * 7 * 3 * 2
    # One of the lies goes without a crash, and v1 has no State.
    assert len(lies) == len(set(lies)) == (15 * 4 + 1) * (13 + 12)


CELL = Cell("429", "no crash", "Horn")


@pytest.mark.parametrize(
    ("executed", "state", "status", "late", "broken"),
    [
        (1, "done", "Success", 0, []),
        (0, "done", "Failed", 0, []),
        (1, "unknown", "", 0, []),
        (1, "done", "Failed", 0, ["shown outcome is not the vehicle's"]),
        (0, "done", "Success", 0, ["shown outcome is not the vehicle's"]),
        (1, "accepted", "SentToVehicle", 0, ["shown outcome is not the vehicle's"]),
        (2, "done", "Success", 0, ["executed more than once"]),
        (1, "done", "Success", 1, ["sent after its time to live"]),
    ],
)
def test_what_counts_as_broken(executed: int, state: str, status: str, late: int, broken: list[str]) -> None:
    assert Outcome(CELL, executed, late, state, status, "", "", harmed=True).broken == broken


def test_what_was_denied_meanwhile_is_broken_though_the_truth_is_shown_in_the_end() -> None:
    outcome = Outcome(CELL, 1, 0, "done", "Success", "", "", harmed=True, denied=1)
    assert outcome.broken == ["said not to be carried out, and was"]
