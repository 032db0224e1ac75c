"""What a person may do in a fleet: a role is a set of rights and of remote types, and this table says which."""

from dataclasses import dataclass
from enum import StrEnum


class Right(StrEnum):
    """Asked for by name at each door of a fleet."""

    LOOK = "look"
    """See vehicles and their history, and choose for oneself what one is told."""
    LOOK_ALL = "look-all"
    """See what is of the whole fleet: callbacks, schedules, bulk commands, whether and how it sends."""
    SEE_POSITIONS = "see-positions"
    """See where vehicles are, and where they were sent to."""
    SEND = "send"
    """Send remote actions of one's types to one vehicle; cancel them, decide what nobody knows."""
    SEND_MANY = "send-many"
    """Send them to many vehicles at once."""
    APPROVE = "approve"
    """Approve what another has asked for (fleets/approvers.py says who else must have agreed to that)."""
    BREAK_GLASS = "break-glass"
    """Send at once what needs a second person, with a reason that is looked into afterwards."""
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
    CHANGE_PEOPLE = "change-people"
    """Invite people, change what they may, and take it from them."""
    CHANGE_CLIENTS = "change-clients"
    """Make API clients, give them secrets, and end them."""
    READ_AUDIT = "read-audit"
    """See who did what to the fleet and its vehicles, and who looked where they are."""


@dataclass(frozen=True)
class Role:
    """What it may; `remote_types` are names of the catalogue."""

    rights: frozenset[Right]
    remote_types: frozenset[str] = frozenset()


ADMIN = "admin"
"""Whoever is a superuser has this role in each fleet, without a membership."""

_EVERY_TYPE = frozenset(
    {
        *("Locking", "Lights", "Horn", "VehicleFinder", "State", "WakeUp"),
        *("Preconditioning", "Charging", "Navigation"),
        *("Immobilization", "Stolen", "Tan", "OnboardPersonalData"),
    }
)
_SUPPORT_TYPES = frozenset({"Locking", "Lights", "Horn", "VehicleFinder", "State", "WakeUp"})
_OPERATOR_TYPES = _SUPPORT_TYPES | {"Preconditioning", "Charging", "Navigation"}

_VIEWER = frozenset({Right.LOOK, Right.LOOK_ALL})
_SUPPORT = _VIEWER | {Right.SEE_POSITIONS, Right.SEND}
_OPERATOR = _SUPPORT | {Right.SEND_MANY, Right.CHANGE_SCHEDULES, Right.CHANGE_COMMANDS}

ROLES: dict[str, Role] = {
    "viewer": Role(_VIEWER),
    "support": Role(_SUPPORT, _SUPPORT_TYPES),
    "operator": Role(_OPERATOR, _OPERATOR_TYPES),
    "manager": Role(frozenset(Right), _EVERY_TYPE),
    "auditor": Role(_VIEWER | {Right.SEE_POSITIONS, Right.READ_AUDIT}),
    ADMIN: Role(frozenset(Right), _EVERY_TYPE),
}
"""By Membership.Role, and the admin's."""

OF_NARROWED = frozenset({Right.LOOK, Right.SEE_POSITIONS, Right.SEND, Right.SEND_MANY})
"""What is left of a role's rights to whom it is given for some vehicles only."""


def roles_with(right: Right) -> list[str]:
    """The roles that have the right, sorted."""
    return sorted(name for name, role in ROLES.items() if right in role.rights)


def roles_that_send(remote_type: str) -> list[str]:
    """The roles that may send the type, sorted."""
    return sorted(name for name, role in ROLES.items() if remote_type in role.remote_types)
