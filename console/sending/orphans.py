"""News of remote actions that nobody here has asked for: of another client's, or of one whose answer was lost."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext

from console.callbacks.words import type_title
from fleets.models import Fleet, Vehicle
from fleets.words.numbers import Word
from remotes.models import InboundRequest, RemoteEvent
from remotes.words.failures import told_why
from remotes.words.statuses import status_word

PAGE_SIZE = 60


@dataclass(frozen=True)
class Orphan:
    """An event, the title of its remote type, and the fleet's vehicle that it is about where there is one."""

    event: RemoteEvent
    title: str
    word: Word
    vehicle: Vehicle | None

    @property
    def why(self) -> str:
        """Why it failed; empty where it has not."""
        return told_why(self.event.status, self.event.failure_cause)


@dataclass(frozen=True)
class OrphanPage:
    """`older` is the key that the next page lies before, None on the last one."""

    rows: list[Orphan]
    older: int | None


def orphans_page(fleet: Fleet, before: int | None = None) -> OrphanPage:
    """The newest orphans that were notified to the fleet's webhooks: two queries.

    They are listed for as long as the bodies of notifications are kept.
    """
    told = InboundRequest.objects.filter(pk=OuterRef("inbound_request_id"), upstream_fleet__fleet=fleet)
    events = RemoteEvent.objects.filter(Exists(told), action__isnull=True)
    if before is not None:
        events = events.filter(pk__lt=before)
    found = list(events.order_by("-pk")[: PAGE_SIZE + 1])
    shown = found[:PAGE_SIZE]
    known = {vehicle.vin: vehicle for vehicle in fleet.vehicles.filter(vin__in={event.vin for event in shown})}
    rows = [Orphan(event, _title(event), status_word(event.status), known.get(event.vin)) for event in shown]
    return OrphanPage(rows, shown[-1].pk if len(found) > PAGE_SIZE else None)


def _title(event: RemoteEvent) -> str:
    return type_title(event.remote_type) or gettext("Not told")
