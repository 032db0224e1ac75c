"""What is written down of who is told of which alerts (fleets/audit/changes.py)."""

from fleets.audit.changes import Watched, watch
from fleets.audit.entries import About
from remotes.models import AlertChoice


def watch_all() -> None:
    """For `apps.py`."""
    watch(
        Watched(
            AlertChoice,
            "alert choice",
            lambda row: About(f"person {row.user_id}" if row.user_id else row.callback.public_id, row.fleet_id),
            values=lambda row: {"for": str(row.user or row.callback), "kinds": ", ".join(row.kinds)},
            sources=("user", "callback", "kinds"),
        )
    )
