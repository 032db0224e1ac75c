"""Whether the long forms of tests run: `script/test --long` sets FLEETREMOTE_TEST_LONG=1."""

import os
import random

LONG = os.environ.get("FLEETREMOTE_TEST_LONG") == "1"

# What the short forms leave to chance; what fails says what was drawn.
draw = random.SystemRandom()


def examples(number: int) -> int:
    """So many of hypothesis in the long form, a third of them else: others are drawn each time."""
    return number if LONG else max(1, number // 3)
