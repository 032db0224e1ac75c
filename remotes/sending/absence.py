"""What a look-up that has not found an action proves: plain functions over plain values.

Lists lag behind, come in part or empty, and leave things out. So a list shows that an action is not there only where
it is whole, has had the time to show it, and shows what is known to be there.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from gateways.interface import Listing

# However quick a gateway's lists have been, they may lag so long; at simulator speed 1.
LEAST_LAG = timedelta(minutes=5)
# What was accepted within that time must be listed; older ones the cloud may have forgotten.
REMEMBERED = timedelta(hours=1)


class Proof(StrEnum):
    """`ABSENT`: it was surely not accepted. `NOT_LISTED`: nothing else of ours is known to be there, so the list proves
    nothing by itself. `UNPROVED`: the list may well show it later.
    """

    ABSENT = "absent"
    NOT_LISTED = "not listed"
    UNPROVED = "unproved"


@dataclass(frozen=True)
class Evidence:
    """What is known when the list has been read.

    `known`: the ids upstream of our own actions that belong into this list, and when they were accepted. `lag`: how
    long lists may lag there. `was_notified`: upstream has told of an action of this type for this vehicle that nobody
    here knows. `has_strangers`: the list, which is of our own callback, shows one that nobody here knows; it may
    be this one under another label.
    """

    listing: Listing
    known: Mapping[str, datetime]
    sent_at: datetime
    asked_at: datetime
    lag: timedelta
    was_notified: bool = False
    has_strangers: bool = False


def judge(evidence: Evidence) -> Proof:
    """What the list proves of an action that it does not show."""
    too_early = evidence.asked_at - evidence.sent_at < evidence.lag
    if not evidence.listing.is_whole or too_early or _speaks_for_it(evidence) or missing(evidence):
        return Proof.UNPROVED
    return Proof.ABSENT if evidence.listing.ids & evidence.known.keys() else Proof.NOT_LISTED


def _speaks_for_it(evidence: Evidence) -> bool:
    return evidence.was_notified or evidence.has_strangers


def missing(evidence: Evidence) -> dict[str, datetime]:
    """What the list should show and does not."""
    since = evidence.asked_at - REMEMBERED
    recent = {name: at for name, at in evidence.known.items() if at > since}
    return {name: at for name, at in recent.items() if name not in evidence.listing.ids}


def is_prompt(evidence: Evidence, known_lag: timedelta) -> bool:
    """Whether the list shows an action that is younger than lists were known to lag, and leaves none out."""
    shown = [at for name, at in evidence.known.items() if name in evidence.listing.ids]
    is_young = any(evidence.asked_at - at < known_lag for at in shown)
    return is_young and evidence.listing.is_whole and not missing(evidence)


def lag_seen(evidence: Evidence) -> timedelta:
    """How far the list is behind, at least, as our own accepted actions show it."""
    if not evidence.listing.is_whole:
        return timedelta(0)
    return max((evidence.asked_at - at for at in missing(evidence).values()), default=timedelta(0))
