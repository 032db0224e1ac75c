"""A fleet's rules are changed: what makes them stricter holds at once, what makes them weaker once another agrees.

Else one person could switch off that two are needed, act, and switch it on again.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction

from fleets.audit.entries import About, Origin, person, record_operation
from fleets.models import Fleet, Proposal
from fleets.proposals.kinds import NotAllowed
from fleets.proposals.proposing import propose
from protocol.catalogue import REMOTE_TYPES, RemoteType
from protocol.why import Why
from remotes.models import FleetRules
from remotes.words import codes
from remotes.words.titles import title_why

KIND = "rules"
"""Of the proposals."""

_NAMES = (
    *("times_to_live", "approval_types", "approval_minutes", "moving_minutes"),
    *("wake_ups_a_month", "wake_reserve", "time_zone"),
)


@dataclass(frozen=True)
class Changed:
    """What became of a change. `at_once`: something of it holds now; `proposal`: what waits for another person."""

    at_once: bool
    proposal: Proposal | None


def change_rules(fleet: Fleet, wanted: FleetRules, *, by: User, reason: str = "") -> Changed:
    """Make the fleet's rules as `wanted` (not saved), as far as that makes nothing weaker, and propose the rest.

    Raises fleets.proposals.NotAllowed where too many proposals wait.
    """
    with transaction.atomic():
        kept = _locked(fleet)
        weaker = weakened(kept, wanted)
        now = _without(wanted, weaker, kept)
        at_once = _save(fleet, kept, now, by)
        proposal = propose(fleet, KIND, weaker, by=by, reason=reason) if weaker else None
    return Changed(at_once, proposal)


def weakened(kept: FleetRules, wanted: FleetRules) -> dict[str, Any]:
    """What of it one person may not do alone, as the document of a proposal; empty where there is nothing.

    `approval_types`: those that would need no second person any more. Others: what they are and would be. Of times to
    live only those count of types that need a second person: so long an approval lets something be sent.
    """
    found: dict[str, Any] = {}
    if gone := sorted(set(kept.approval_types) - set(wanted.approval_types)):
        found["approval_types"] = gone
    if wanted.approval_minutes > kept.approval_minutes:
        found["approval_minutes"] = [kept.approval_minutes, wanted.approval_minutes]
    if wanted.moving_minutes < kept.moving_minutes:
        found["moving_minutes"] = [kept.moving_minutes, wanted.moving_minutes]
    longer = {
        entry.name: [before, after]
        for entry in REMOTE_TYPES.values()
        if entry.two_people or entry.name in kept.approval_types
        if (after := _seconds(wanted, entry)) > (before := _seconds(kept, entry))
    }
    return found | ({"times_to_live": longer} if longer else {})


def apply(proposal: Proposal) -> None:
    """What two have agreed on; it comes to nothing where the rules are others by now than those that it was about."""
    assert proposal.fleet is not None
    assert proposal.decided_by is not None
    kept = _locked(proposal.fleet)
    document = proposal.document
    wanted = _copy(kept)
    if set(document.get("approval_types", ())) - set(kept.approval_types):
        raise NotAllowed(Why(codes.RULES_CHANGED))
    wanted.approval_types = [name for name in kept.approval_types if name not in document.get("approval_types", ())]
    for name in ("approval_minutes", "moving_minutes"):
        if name in document:
            before, after = document[name]
            _check_same(getattr(kept, name), before)
            setattr(wanted, name, after)
    for name, (before, after) in document.get("times_to_live", {}).items():
        _check_same(_seconds(kept, REMOTE_TYPES[name]), before)
        wanted.times_to_live[name] = after
    _save(proposal.fleet, kept, wanted, proposal.decided_by)


def describe(proposal: Proposal) -> Why:
    """What would be weaker."""
    document: Mapping[str, Any] = proposal.document
    said = []
    if gone := document.get("approval_types"):
        said.append(Why(codes.RULES_NO_SECOND, types=_listed(gone)))
    if minutes := document.get("approval_minutes"):
        said.append(Why(codes.RULES_APPROVAL_MINUTES, before=minutes[0], after=minutes[1]))
    if minutes := document.get("moving_minutes"):
        said.append(Why(codes.RULES_MOVING_MINUTES, before=minutes[0], after=minutes[1]))
    for name, (before, after) in document.get("times_to_live", {}).items():
        what = _listed([name])
        said.append(Why(codes.RULES_TIME_TO_LIVE, what=what, before=before // 60, after=after // 60))
    return reduce(lambda one, other: Why(codes.BOTH, first=one, second=other), said)


def _listed(names: list[str]) -> Why:
    titles = [title_why(REMOTE_TYPES[name]) for name in names if name in REMOTE_TYPES]
    return reduce(lambda one, other: Why(codes.LISTED, first=one, second=other), titles)


def _locked(fleet: Fleet) -> FleetRules:
    """As they are now, or the defaults; nobody else changes them until the transaction ends."""
    Fleet.objects.select_for_update(no_key=True).get(pk=fleet.pk)
    return FleetRules.objects.filter(fleet=fleet).first() or FleetRules(fleet=fleet)


def _copy(rules: FleetRules) -> FleetRules:
    values = {name: getattr(rules, name) for name in _NAMES}
    values["times_to_live"], values["approval_types"] = dict(rules.times_to_live), list(rules.approval_types)
    return FleetRules(fleet_id=rules.fleet_id, **values)


def _without(wanted: FleetRules, weaker: Mapping[str, Any], kept: FleetRules) -> FleetRules:
    """What holds at once."""
    now = _copy(wanted)
    left = {*wanted.approval_types, *weaker.get("approval_types", ())}
    now.approval_types = [name for name in REMOTE_TYPES if name in left]
    for name in ("approval_minutes", "moving_minutes"):
        if name in weaker:
            setattr(now, name, getattr(kept, name))
    for name in weaker.get("times_to_live", ()):
        now.times_to_live.pop(name, None)
        if name in kept.times_to_live:
            now.times_to_live[name] = kept.times_to_live[name]
    return now


def _save(fleet: Fleet, kept: FleetRules, now: FleetRules, by: User) -> bool:
    """False where nothing is other than before."""
    before, after = as_document(kept), as_document(now)
    if before == after:
        return False
    now._state.adding = kept._state.adding
    now.save()
    record_operation(
        About(fleet.public_id, fleet.pk),
        "changed the rules",
        actor=person(by),
        origin=Origin.PAGE,
        reason="",
        document={"before": before, "after": after},
    )
    return True


def as_document(rules: FleetRules) -> dict[str, Any]:
    """The rules as the audit keeps them."""
    return {name: getattr(rules, name) for name in _NAMES}


def _seconds(rules: FleetRules, entry: RemoteType) -> int:
    return round(rules.time_to_live(entry).total_seconds())


def _check_same(now: int, then: int) -> None:
    if now != then:
        raise NotAllowed(Why(codes.RULES_CHANGED))
