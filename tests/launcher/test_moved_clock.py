"""`script/test --at` and the moments that `script/test` draws."""

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from launcher.environment import ROOT

sys.path.append(str(ROOT / "script"))

import moved_clock

NOW = datetime(2027, 1, 4, 12, tzinfo=UTC)
PARIS = ZoneInfo("Europe/Paris")


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2028-02-29T12:00:00Z", datetime(2028, 2, 29, 12, tzinfo=UTC)),
        ("2028-02-29T12:00:00+02:00", datetime(2028, 2, 29, 10, tzinfo=UTC)),
        ("+200d", NOW + timedelta(days=200)),
        ("-36h", NOW - timedelta(hours=36)),
    ],
)
def test_a_moment_is_read(text: str, moment: datetime) -> None:
    assert moved_clock.read_moment(text, NOW) == moment


@pytest.mark.parametrize("text", ["2028-02-29T12:00:00", "2027-02-29T12:00:00Z", "soon", "200", "200d"])
def test_what_is_no_moment_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="--at"):
        moved_clock.read_moment(text, NOW)


def test_drawn_moments_can_be_drawn_again_and_are_often_the_hard_ones() -> None:
    drawn = [moved_clock.draw(seed) for seed in range(500)]
    assert drawn == [moved_clock.draw(seed) for seed in range(500)]
    assert {moment.year for moment in drawn} == set(range(2027, 2036))
    springs = [moment for moment in drawn if changes_clocks(moment) == timedelta(hours=1)]
    autumns = [moment for moment in drawn if changes_clocks(moment) == timedelta(hours=-1)]
    leap_days = [moment for moment in drawn if (moment.month, moment.day) == (2, 29)]
    years_ends = [moment for moment in drawn if (moment + timedelta(minutes=1)).year > moment.year]
    assert min(map(len, (springs, autumns, leap_days, years_ends))) > 25


def changes_clocks(moment: datetime) -> timedelta:
    """By how much clocks in Paris are set forward within two hours of the moment."""
    around = [(moment + timedelta(hours=hours)).astimezone(PARIS).utcoffset() for hours in (-2, 2)]
    return (around[1] or timedelta()) - (around[0] or timedelta())


def test_a_program_sees_the_moved_clock_and_sleeps_as_long_as_ever() -> None:
    library = moved_clock.find_library()
    if library is None:
        pytest.skip("no libfaketime was found: install it (Debian: apt-get install faketime)")
    moment = datetime(2028, 2, 29, 12, tzinfo=UTC)
    moved = moved_clock.environment(moment, real_now(), library)
    code = "import time; before = time.monotonic(); time.sleep(0.1); print(time.monotonic() - before, time.time())"
    done = subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, **moved}, check=True, capture_output=True, text=True
    )
    slept, now = map(float, done.stdout.split())
    assert slept >= 0.1
    assert timedelta() <= datetime.fromtimestamp(now, UTC) - moment < timedelta(minutes=5)


def real_now() -> datetime:
    """Also where the clock of these tests is moved itself."""
    bare = {name: value for name, value in os.environ.items() if name != "LD_PRELOAD"}
    return datetime.fromtimestamp(float(subprocess.check_output(["date", "+%s"], env=bare, text=True)), UTC)
