"""What the pages of bulk commands have in common: whose they are, who may act, and what they show."""

from typing import Any

from django.db.models import QuerySet

from campaigns.bulk.planning import is_outdated
from console.bulk.forms import ListForm
from console.bulk.listing import choices_of, item_page, tally_of
from console.bulk.words import asker_of, bulk_title, halt_words, state_word
from console.notices import notices
from console.requests import PageRequest
from console.rights import find_in_fleet
from console.vehicle.panel import warning_of
from fleets.access import Person, fleets_of, may
from fleets.rights import Right
from remotes.models import BulkCommand


def bulks_of(user: Person) -> QuerySet[BulkCommand]:
    """Those of the person's fleets."""
    return BulkCommand.objects.filter(fleet__in=fleets_of(user))


def find_bulk(request: PageRequest, fleet_id: str, bulk_id: str, right: Right = Right.LOOK) -> BulkCommand:
    """The bulk command with its fleet, which is one of the person's; a 404 for another one, a 403 without the right."""
    rows = BulkCommand.objects.select_related("user", "stopped_by", "retry_of")
    return find_in_fleet(request, rows, fleet_id, bulk_id, right)


def context_of(request: PageRequest, bulk: BulkCommand) -> dict[str, Any]:
    """What the page of a bulk command shows, before it starts and afterwards."""
    form = ListForm(request.GET)
    only = str(form.value("only") or "")
    only = only if only in choices_of(bulk) else ""
    page = item_page(bulk, only, form.value("after"))
    return {
        "fleet": bulk.fleet,
        "bulk": bulk,
        "title": bulk_title(bulk),
        "who": asker_of(bulk),
        "word": state_word(bulk),
        "why_ended": halt_words(bulk),
        "warning": warning_of(_command_of(bulk)) if bulk.type.dangerous else "",
        "tally": tally_of(bulk),
        "page": page,
        "only": only,
        "notices": notices(bulk.fleet),
        "is_outdated": is_outdated(bulk),
        "may_command": may(request.user, bulk.fleet, Right.SEND),
    }


def _command_of(bulk: BulkCommand) -> str:
    """The name of the ready-made command that does the same."""
    return next((command.name for command in bulk.type.commands if command.payload == bulk.payload), "")
