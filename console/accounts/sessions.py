"""A person's sessions: which there are, from where, and how they end, streams in open tabs among them.

Whoever takes somebody's account or rights away ends them here. Changes of the password end all but one by themselves.
"""

from collections.abc import Collection
from datetime import datetime
from importlib import import_module

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Max

from console.entrance.sessions import digest
from console.models import Visit
from fleets.sight.announcing import look_again
from fleets.storage import clock


def sessions_of(user: User) -> list[Visit]:
    """Those that last, the one that was used last first."""
    lasting = Session.objects.filter(expire_date__gt=clock.now()).values("session_key")
    return list(Visit.objects.filter(user=user, session__in=lasting))


def is_of(visit: Visit, session_key: str | None) -> bool:
    """Whether it is the session with this key."""
    return bool(session_key) and visit.session == digest(str(session_key))


def end_session(user: User, visit_id: int) -> bool:
    """End one of the person's own. False where it is none of theirs, or has ended."""
    visit = Visit.objects.filter(user=user, pk=visit_id).first()
    return visit is not None and _end(user, [visit.session]) > 0


def end_sessions(user: User, but: str | None = None) -> int:
    """End all of the person's, but for the one with this key; gives how many."""
    kept = digest(but) if but else ""
    known = set(Visit.objects.filter(user=user).values_list("session", flat=True))
    return _end(user, (known | _unseen_of(user)) - {kept})


def last_here(users: Collection[int]) -> dict[int, datetime]:
    """When each was here last, to some minutes; nothing of whom it is not known."""
    rows = Visit.objects.filter(user__in=users).order_by().values_list("user").annotate(last=Max("seen"))
    return dict(rows)


def _end(user: User, sessions: Collection[str]) -> int:
    with transaction.atomic():
        ended, _ = Session.objects.filter(session_key__in=list(sessions)).delete()
        look_again(user.pk)
    return int(ended)


def _unseen_of(user: User) -> set[str]:
    """Of sessions that were not used since there are visits each has to be decoded to know whose it is."""
    model = import_module(settings.SESSION_ENGINE).SessionStore.get_model_class()
    unseen = model._default_manager.exclude(session_key__in=Visit.objects.values("session"))
    return {
        str(row.session_key)
        for row in unseen.filter(expire_date__gt=clock.now()).iterator(1000)
        if row.get_decoded().get(SESSION_KEY) == str(user.pk)
    }
