"""What the overview shows, and whose it is."""

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils import timezone

from console.notices import notices
from console.overview.coming import coming_of
from console.overview.deliveries import deliveries_of
from console.overview.needs import counts_of, needs_of
from console.requests import PageRequest
from console.rights import REFUSALS, find_member
from fleets.models import Fleet
from fleets.rights import Right
from remotes.counts.conditions import OPEN
from remotes.counts.tally import tally_of
from remotes.models import FleetRules


@dataclass(frozen=True)
class Member:
    """A person's fleet with its rules and their membership."""

    fleet: Fleet
    rules: FleetRules


def member_with_rules(request: PageRequest, fleet_id: str) -> Member:
    """One statement; a 404 for another one's fleet, a 403 for who sees some vehicles only: it counts all of them."""
    found = find_member(request, fleet_id, "fleet__rules")
    if not found.may(Right.LOOK_ALL):
        raise PermissionDenied(REFUSALS[Right.LOOK_ALL])
    rules = getattr(found.fleet, "rules", None) or FleetRules(fleet_id=found.fleet_id)
    return Member(found.fleet, rules)


def overview_of(member: Member) -> dict[str, Any]:
    """What changes by itself: seven statements."""
    fleet, now = member.fleet, timezone.now()
    tally, counts, deliveries = tally_of(fleet, now), counts_of(fleet, now), deliveries_of(fleet)
    return {
        "fleet": fleet,
        "now": now,
        "needs": needs_of(fleet, notices(fleet), tally, deliveries.failed, counts),
        "open_number": counts.alerts,
        "tally": tally,
        "open": [(outcome, counts.open[outcome]) for outcome in reversed(OPEN)],
        "deliveries": deliveries,
        "coming": coming_of(fleet),
    }
