"""A worker whose host's clock is a minute ahead, and one a minute behind: nothing is sent late, nothing early.

They run for real, under libfaketime; FLEETREMOTE_TEST_LONG=1 runs it. See docs/faults.md.
"""

import json

import pytest

from tests.faults.alone import run_alone
from tests.faults.clocks.moved import find_library
from tests.faults.clocks.run import EACH, Report
from tests.long_form import LONG


@pytest.mark.timeout(400)
@pytest.mark.skipif(not LONG, reason="only in the long form")
def test_workers_whose_clocks_are_off_send_nothing_and_a_right_one_beside_them_sends_all_in_time(
    capsys: pytest.CaptureFixture[str],
) -> None:
    library = find_library()
    if library is None:
        pytest.skip("NO LIBFAKETIME WAS FOUND, SO NO WORKER'S CLOCK IS MOVED. Debian: apt-get install faketime")
    report = Report(**json.loads(run_alone("clocks", library)))
    with capsys.disabled():
        print(f"\n{report}")
    assert report.said_so == 2
    assert (report.alone, report.expired) == (0, EACH)
    assert (report.beside, report.too_soon, report.brief) == (EACH, 0, EACH)
    assert (report.late, report.early, report.sent_twice) == (0, 0, 0)
