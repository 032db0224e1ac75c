"""What the pages of bulk commands have in common: whose they are, who may act, and what they show."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _

from campaigns.bulk.planning import is_outdated
from console.bulk.forms import ListForm
from console.bulk.listing import choices_of, item_page, tally_of
from console.bulk.words import asker_of, halt_words, state_word, title_of
from console.notices import notices
from console.requests import PageRequest
from console.vehicle.panel import warning_of
from fleets.access import Person, fleets_of, may_command
from fleets.models import Fleet
from remotes.models import BulkCommand

NO_RIGHT = _("You may look at this fleet but not send commands. Ask whoever manages your rights to make you a manager.")


def bulks_of(user: Person) -> QuerySet[BulkCommand]:
    """Those of the person's fleets."""
    return BulkCommand.objects.filter(fleet__in=fleets_of(user))


def find_bulk(request: PageRequest, fleet_id: str, bulk_id: str) -> BulkCommand:
    """The bulk command with its fleet, which is one of the person's; a 404 for another one."""
    rows = bulks_of(request.user).select_related("fleet", "user", "stopped_by", "retry_of")
    return get_object_or_404(rows, fleet__public_id=fleet_id, public_id=bulk_id)


def check_right(request: PageRequest, fleet: Fleet) -> None:
    """Let nobody pass but who may command the fleet's vehicles."""
    if not may_command(request.user, fleet):
        raise PermissionDenied(NO_RIGHT)


def context_of(request: PageRequest, bulk: BulkCommand) -> dict[str, Any]:
    """What the page of a bulk command shows, before it starts and afterwards."""
    form = ListForm(request.GET)
    only = str(form.value("only") or "")
    only = only if only in choices_of(bulk) else ""
    page = item_page(bulk, only, form.value("after"))
    return {
        "fleet": bulk.fleet,
        "bulk": bulk,
        "title": title_of(bulk),
        "who": asker_of(bulk),
        "word": state_word(bulk),
        "why_ended": halt_words(bulk),
        "warning": warning_of(_command_of(bulk)) if bulk.type.dangerous else "",
        "tally": tally_of(bulk),
        "page": page,
        "only": only,
        "notices": notices(bulk.fleet),
        "is_outdated": is_outdated(bulk),
        "may_command": may_command(request.user, bulk.fleet),
    }


def _command_of(bulk: BulkCommand) -> str:
    """The name of the ready-made command that does the same."""
    return next((command.name for command in bulk.type.commands if command.payload == bulk.payload), "")
