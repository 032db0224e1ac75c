"""What a person may do in a fleet: a role is a set of rights, and this table is the only place that says which."""

from enum import StrEnum


class Right(StrEnum):
    """Asked for by name at each door of a fleet."""

    LOOK = "look"
    """See the fleet, and choose for oneself what one is told."""
    SEND = "send"
    """Send remote actions, to one vehicle or many; cancel them, approve another's, decide what nobody knows."""
    STOP = "stop"
    """Stop every sending of the fleet, and allow it again."""
    CHANGE_RULES = "change-rules"
    CHANGE_CALLBACKS = "change-callbacks"
    CHANGE_SCHEDULES = "change-schedules"
    CHANGE_COMMANDS = "change-commands"
    CHANGE_ALERTS = "change-alerts"
    """Settle alerts, and set up webhooks that are told of them."""
    SHARE_VIEWS = "share-views"
    CHANGE_VEHICLES = "change-vehicles"
    """Give vehicles labels and plates, and see which ones the manufacturer's cloud lists that are left out."""
    READ_AUDIT = "read-audit"
    """See who did what to the fleet and its vehicles, and who looked where they are."""


RIGHTS: dict[str, frozenset[Right]] = {
    "viewer": frozenset({Right.LOOK}),
    "auditor": frozenset({Right.LOOK, Right.READ_AUDIT}),
    "manager": frozenset(Right),
}
"""By Membership.Role."""


def roles_with(right: Right) -> list[str]:
    """The roles that have the right, sorted."""
    return sorted(role for role, rights in RIGHTS.items() if right in rights)
