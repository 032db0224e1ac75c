"""What the pages of bulk commands have in common: whose they are, who may act, and what they show."""

from typing import Any

from django.db.models import QuerySet

from campaigns.bulk.planning import is_outdated
from console.bulk.canary import canary_words
from console.bulk.forms import ListForm
from console.bulk.listing import choices_of, item_page, tally_of
from console.bulk.words import asker_of, bulk_title, halt_words, state_word
from console.notices import notices
from console.requests import PageRequest
from console.rights import check_sends, find_fleet, find_in_fleet, member_in
from console.vehicle.panel import warning_of
from fleets.models import Membership
from fleets.rights import Right
from fleets.storage import clock
from remotes.models import BulkCommand


def bulks_of(member: Membership) -> QuerySet[BulkCommand]:
    """Those of the fleet that the person sees: who sees some of its vehicles only, sees their own ones."""
    rows = BulkCommand.objects.filter(fleet=member.fleet_id)
    return rows if member.may(Right.LOOK_ALL) else rows.filter(user=member.user_id)


def find_bulk(request: PageRequest, fleet_id: str, bulk_id: str, right: Right = Right.LOOK) -> BulkCommand:
    """The bulk command with its fleet, which is one of the person's; a 404 for one that they do not see.

    A 403 where they lack the right. Another right than to look asks for that to send its type too.
    """
    member = member_in(request, find_fleet(request, fleet_id))
    rows = bulks_of(member).select_related("user", "stopped_by", "retry_of")
    found = find_in_fleet(request, rows, member.fleet, bulk_id, right)
    if right is not Right.LOOK:
        check_sends(request, member.fleet, found.remote_type)
    return found


def context_of(request: PageRequest, bulk: BulkCommand) -> dict[str, Any]:
    """What the page of a bulk command shows, before it starts and afterwards."""
    form, member = ListForm(request.GET), member_in(request, bulk.fleet)
    only = str(form.value("only") or "")
    only = only if only in choices_of(bulk) else ""
    page, tally = item_page(bulk, only, form.value("after")), tally_of(bulk)
    return {
        "fleet": bulk.fleet,
        "bulk": bulk,
        "title": bulk_title(bulk),
        "who": asker_of(bulk),
        "word": state_word(bulk),
        "why_ended": halt_words(bulk),
        "warning": warning_of(_command_of(bulk)) if bulk.type.dangerous else "",
        "tally": tally,
        "canary": canary_words(bulk, tally, clock.now()),
        "page": page,
        "only": only,
        "notices": notices(bulk.fleet),
        "is_outdated": is_outdated(bulk),
        "may_command": member.may(Right.SEND_MANY) and member.may_send(bulk.remote_type),
    }


def _command_of(bulk: BulkCommand) -> str:
    """The name of the ready-made command that does the same."""
    return next((command.name for command in bulk.type.commands if command.payload == bulk.payload), "")
