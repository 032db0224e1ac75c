"""The invitation that somebody has opened in this browser: the session has its digest, no page or log has its token."""

from collections.abc import Callable

from django.contrib.auth.models import User
from django.http import HttpRequest

from console.people.letters import write_accepted
from fleets.models import Invitation
from fleets.people.invitations import accept, find_open, hash_of

_KEY = "invitation"


def keep(request: HttpRequest, token: str) -> None:
    """From now on this browser has opened it, in place of another one. What opens nothing makes no session."""
    digest = hash_of(token)
    if find_open(digest) is not None:
        request.session[_KEY] = digest
    else:
        request.session.pop(_KEY, None)


def open_invitation(request: HttpRequest) -> Invitation | None:
    """The one that was opened here, as long as it can be accepted."""
    digest = request.session.get(_KEY)
    return find_open(digest) if isinstance(digest, str) else None


def accept_open(request: HttpRequest, make: Callable[[], User]) -> User:
    """Accept it for the person whom `make` saves, or gives: in one transaction. Raises NotInvited."""
    row = open_invitation(request)
    user = accept(str(request.session.get(_KEY, "")), make)
    request.session.pop(_KEY, None)
    if row is not None:
        write_accepted(row, user)
    return user
