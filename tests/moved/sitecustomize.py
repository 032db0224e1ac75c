"""Python reads this as it starts, where it is on PYTHONPATH: under a moved clock only (`script/moved_clock.py`).

libfaketime 0.9.10 takes a sleep until a moment of the monotonic clock for one of the clock that it has moved, and
`time.sleep` is such a sleep from Python 3.11 on: it would end at once, with EINVAL.
"""

import select
import time
from typing import SupportsIndex


def sleep(seconds: float | SupportsIndex) -> None:
    """What `time.sleep` does, by a wait of so long, which the library leaves alone."""
    select.select([], [], [], float(seconds))


time.sleep = sleep
