"""Nobody gives an API client more than they have themselves, nor for longer: neither its rights, nor a password."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import User

from fleets.access import membership_in
from fleets.models import ApiClient
from fleets.rights import Right
from protocol.catalogue import REMOTE_TYPES

EVERY: frozenset[str] = frozenset(REMOTE_TYPES)


@dataclass(frozen=True)
class Gift:
    """What somebody may give in all of some fleets: these remote types, sight of positions, and until when (None: for
    ever)."""

    types: frozenset[str]
    positions: bool
    until: datetime | None = None

    @property
    def every_type(self) -> bool:
        """Also those that come later."""
        return self.types >= EVERY


@dataclass(frozen=True)
class Held:
    """What a client has: fleets by their keys, remote types (None: every one, also later ones), positions."""

    fleets: frozenset[int] = frozenset()
    types: frozenset[str] | None = frozenset()
    positions: bool = False


NOTHING = Held()


def held_by(client: ApiClient) -> Held:
    fleets = frozenset(client.fleets.values_list("pk", flat=True))
    return Held(fleets, frozenset(client.remote_types) or None, client.sees_positions)


def gift_of(user: User, fleets: Collection[int]) -> Gift:
    """What the person may give to clients of these fleets: what they have in each of them. Nobody but an admin may give
    anything where there are none.
    """
    if user.is_superuser:
        return Gift(EVERY, positions=True)
    types, positions, ends = EVERY if fleets else frozenset(), bool(fleets), []
    for fleet_id in fleets:
        member = membership_in(user, fleet_id)
        if member is None or not member.may(Right.CHANGE_CLIENTS):
            return Gift(frozenset(), positions=False)
        types = frozenset(filter(member.may_send, types))
        positions = positions and member.may(Right.SEE_POSITIONS)
        ends += [member.ends_at] if member.ends_at is not None else []
    return Gift(types, positions, min(ends, default=None))


def covers(gift: Gift, held: Held) -> bool:
    """Whether all of it may be given: also by a password, with which whoever made it could use it."""
    types_fit = gift.every_type if held.types is None else held.types <= gift.types
    return types_fit and (gift.positions or not held.positions)


@dataclass(frozen=True)
class TooMuch:
    """What somebody may not give: remote types, every type, positions."""

    types: frozenset[str] = frozenset()
    every_type: bool = False
    positions: bool = False

    def __bool__(self) -> bool:
        return bool(self.types or self.every_type or self.positions)


def too_much(user: User, before: Held, after: Held) -> TooMuch:
    """What of a change is more than the person may give: what is new must be theirs in all fleets that it has then, and
    of a fleet that is new all that it has. What it has already may stay.
    """
    new = _new(before, after)
    excess = _excess(gift_of(user, after.fleets), new) if new != NOTHING else TooMuch()
    added = after.fleets - before.fleets
    more = _excess(gift_of(user, added), after) if added else TooMuch()
    return TooMuch(excess.types | more.types, excess.every_type or more.every_type, excess.positions or more.positions)


def _new(before: Held, after: Held) -> Held:
    """Types and positions that were not there before."""
    positions = after.positions and not before.positions
    types: frozenset[str] | None
    if before.types is None or after.types is None:
        types = frozenset() if before.types is None else None
    else:
        types = after.types - before.types
    return Held(types=types, positions=positions)


def _excess(gift: Gift, held: Held) -> TooMuch:
    every = held.types is None and not gift.every_type
    types = frozenset() if held.types is None else held.types - gift.types
    return TooMuch(types, every, held.positions and not gift.positions)
