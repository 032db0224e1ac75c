"""How the first vehicles of a bulk command stand while the others wait for them (the rule: campaigns/bulk/rules.py)."""

from datetime import datetime

from django.utils.translation import gettext, ngettext

from campaigns.bulk.planning import care_of
from campaigns.bulk.rules import Counts, canary_size
from console.bulk.listing import Tally, seen_items
from remotes.life.lateness import is_late
from remotes.models import BulkCommand, BulkItem, RemoteAction

Item = BulkItem.State


def canary_words(bulk: BulkCommand, tally: Tally, now: datetime) -> str:
    """Who is silent, and what that does; empty where nobody is tried first now. One statement then."""
    if bulk.state != BulkCommand.State.CANARY:
        return ""
    asked = tally.number(Item.ASKED)
    counts = Counts(tally.number(Item.WAITING), asked, tally.succeeded, tally.failed)
    size = canary_size(counts, care_of(bulk))
    if size == counts.started + counts.waiting:
        # There are no others.
        return ""
    late = _late(bulk, now) if asked else 0
    parts = [
        ngettext("Of the first %(size)d vehicle:", "Of the first %(size)d vehicles:", size) % {"size": size},
        gettext("%(succeeded)d succeeded, %(failed)d failed, %(open)d without an outcome yet.")
        % {"succeeded": tally.succeeded, "failed": tally.failed, "open": max(size - tally.succeeded - tally.failed, 0)},
    ]
    if late:
        parts.append(
            ngettext(
                "%(late)d is silent for longer than this takes.",
                "%(late)d are silent for longer than this takes.",
                late,
            )
            % {"late": late}
        )
        parts.append(
            gettext(
                "Whoever is silent keeps the others waiting until enough have succeeded or too many have failed, and "
                "counts as failed after three days. Stop it if that is too long."
            )
        )
    return " ".join(parts)


def _late(bulk: BulkCommand, now: datetime) -> int:
    asked = seen_items(bulk).filter(state=Item.ASKED).order_by()
    return RemoteAction.objects.filter(is_late(now), pk__in=asked.values("action")).count()
