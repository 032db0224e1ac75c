"""The table of rights (fleets/rights.py) as a page shows it: a line for each right and each remote type."""

from dataclasses import dataclass

from console.people.words import ROLE_HELP, ROLE_NAMES
from console.roles.words import RIGHT_NAMES
from fleets.rights import OF_NARROWED, ROLES, Right, roles_that_send, roles_with
from protocol.catalogue import REMOTE_TYPES
from remotes.words.titles import title_of


@dataclass(frozen=True)
class Line:
    """What is allowed, each role with whether it has it, and whether it is left to who sees some vehicles only.

    `two_people`: a second person must agree, unless the fleet's rules say otherwise.
    """

    title: str
    roles: list[tuple[str, bool]]
    of_narrowed: bool
    two_people: bool = False


def role_names() -> list[str]:
    """The heads of the columns."""
    return [str(ROLE_NAMES[name]) for name in ROLES]


def role_help() -> list[tuple[str, str]]:
    """Each role with what it is for."""
    return [(str(ROLE_NAMES[name]), str(ROLE_HELP[name])) for name in ROLES]


def lines_of_rights() -> list[Line]:
    return [_line(str(RIGHT_NAMES[right]), roles_with(right), of_narrowed=right in OF_NARROWED) for right in Right]


def lines_of_types() -> list[Line]:
    narrowed = Right.SEND in OF_NARROWED
    return [
        _line(title_of(entry), roles_that_send(name), of_narrowed=narrowed, two_people=entry.two_people)
        for name, entry in REMOTE_TYPES.items()
    ]


def _line(title: str, having: list[str], *, of_narrowed: bool, two_people: bool = False) -> Line:
    """`having`: the roles that have it."""
    return Line(title, [(str(ROLE_NAMES[name]), name in having) for name in ROLES], of_narrowed, two_people)
