"""Lines on the terminal that survive a closed pipe."""

import sys


def say(line: str) -> None:
    """Print one line on stdout at once; a reader that went away is no reason to stop serving."""
    try:
        print(line, flush=True)
    except OSError:
        # The interpreter flushes stdout once more at exit and would fail loudly there.
        sys.stdout = None


def took(title: str, seconds: float) -> None:
    """Say that a step is done and how long it took, in seconds."""
    say(f"{title} … {seconds:.1f} s")
