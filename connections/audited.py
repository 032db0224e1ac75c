"""What is written down of connections that are entered and changed (fleets/audit/changes.py); no credentials."""

from connections.models import Connection
from fleets.audit.changes import Watched, watch
from fleets.audit.entries import About
from fleets.audit.watched import host_of
from fleets.models.gateway import CREDENTIALS


def watch_all() -> None:
    """For `apps.py`."""
    watch(
        Watched(
            Connection,
            "connection",
            lambda row: About(row.public_id),
            fields=("name", "dialect", "takes_all_fleets", "sends"),
            hidden=CREDENTIALS,
            values=lambda row: {"host": host_of(row.base_url), "client": str(row.api_client or "")},
            sources=("base_url", "api_client"),
            many=("managers",),
        )
    )
