"""The environment of a program that sees a clock which is off, by libfaketime."""

import os
import sys
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from launcher.environment import ROOT

sys.path.append(str(ROOT / "script"))

import moved_clock


def find_library() -> str | None:
    return moved_clock.find_library()


def off_by(seconds: int, library: str) -> Mapping[str, str]:
    """What moves its clock so far from ours, also where ours is moved."""
    now = datetime.now(UTC)
    ours = int(os.environ.get("FAKETIME", "0s").removesuffix("s"))
    return moved_clock.environment(now + timedelta(seconds=ours + seconds), now, library)
