"""What can go wrong while starting, in words for the person at the terminal."""

from pathlib import Path


class LaunchError(Exception):
    """A start that can't go on; its text says what failed and what to do."""


class StopRequested(Exception):
    """Somebody asked us to stop while we were still starting."""


def tail(path: Path, *, offset: int = 0, lines: int = 15) -> str:
    """Return the last lines of a log from byte `offset` on, indented; empty when there are none."""
    try:
        with path.open("rb") as log:
            log.seek(offset)
            text = log.read().decode(errors="replace")
    except OSError:
        return ""
    return "\n".join(f"    {line}" for line in text.rstrip().splitlines()[-lines:])


def failure(what: str, log: Path, *, offset: int = 0, hint: str = "") -> LaunchError:
    """Build the error for a step that failed: what, the end of its log, what to do."""
    parts = [what]
    if last := tail(log, offset=offset):
        parts.append(f"The last lines of {log}:\n{last}")
    else:
        parts.append(f"It wrote nothing to {log}.")
    if hint:
        parts.append(f"What to do: {hint}")
    return LaunchError("\n".join(parts))
