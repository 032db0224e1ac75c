"""This computer: its disk and its clock."""

import shutil
from collections.abc import Iterator

from django.conf import settings

from connections.doctor.finding import Finding
from fleets.storage import clock

MIB = 1024 * 1024
# Free: below the first something will fail, below the second it may soon.
LEAST, LITTLE = 200 * MIB, 2048 * MIB


def disk() -> Iterator[Finding]:
    home = settings.FLEETREMOTE_HOME
    try:
        free = shutil.disk_usage(home).free
    except OSError as error:
        words = f"The data folder {home} can't be looked at: {error.strerror}. Make it, or set FLEETREMOTE_HOME."
        yield Finding("disk", False, words)
        return
    yield Finding("disk", *judge_disk(free, str(home)))


def judge_disk(free: int, home: str) -> tuple[bool | None, str]:
    """`free` in bytes."""
    room = f"{free // MIB:,} MiB are free in {home}."
    if free < LEAST:
        return False, f"{room} Make room now: nothing can be kept without."
    return (None, f"{room} Make room soon.") if free < LITTLE else (True, room)


def host_clock() -> Iterator[Finding]:
    """Against the database's, which decides about times to live."""
    clock.look()
    off_by = clock.off_by()
    if off_by is None:
        yield Finding("clock", True, "This computer's clock agrees with the database's.")
        return
    seconds = -off_by.total_seconds()
    words = (
        f"This computer's clock is {seconds:+.1f} s off the database's, so nothing is sent from here. "
        "Set the clocks of both, for example by NTP."
    )
    yield Finding("clock", False, words)
