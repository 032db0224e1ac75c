"""What becomes of a person's rows: the account stays under a pseudonym, without a log-in; what is theirs goes."""

from collections.abc import Callable
from importlib import import_module

from django.apps import apps
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.db.models import Q

from connections.models import Connection
from fleetremote.privacy.subjects import Person
from fleets.models import Invitation, LabelImport, Membership, SavedView
from remotes.models import AlertChoice, AlertLine, AlertMail

Add = Callable[[str, int], None]


def erase(person: Person, add: Add) -> None:
    """Everything but the audit and the names in texts; `add` is told how many rows of which table."""
    user = person.user
    add("sessions.Session", _end_sessions(user.pk))
    for name in ("console.Visit", "mfa.Authenticator", "socialaccount.SocialAccount"):
        add(name, apps.get_model(name)._default_manager.filter(user=user).delete()[0])
    add("fleets.SavedView", SavedView.objects.filter(owner=user, shared=False).delete()[0])
    SavedView.objects.filter(owner=user).update(owner=None)
    for model in (AlertChoice, AlertLine, AlertMail, Membership):
        add(model._meta.label, model._default_manager.filter(user=user).delete()[0])
    add("fleets.LabelImport", LabelImport.objects.filter(user=user).delete()[0])
    managed = Connection.managers.through._default_manager.filter(user_id=user.pk)
    asked = Connection.objects.filter(asked_by=user).update(asked_by=None)
    asked += Connection.objects.filter(chosen_by=user).update(chosen_by=None)
    add("connections.Connection", managed.delete()[0] + asked)
    theirs = Q(accepted_by=user) | Q(invited_by=user)
    invitations = Invitation.objects.filter(theirs | Q(email__iexact=user.email) if user.email else theirs)
    add("fleets.Invitation", invitations.delete()[1].get("fleets.Invitation", 0))
    about_them = LogEntry.objects.filter(content_type=ContentType.objects.get_for_model(User), object_id=str(user.pk))
    add("admin.LogEntry", about_them.update(object_repr=person.pseudonym, change_message=""))
    user.groups.clear()
    user.user_permissions.clear()
    add("auth.User", _rename(user, person.pseudonym))


def _rename(user: User, pseudonym: str) -> int:
    return User.objects.filter(pk=user.pk).update(
        username=pseudonym,
        first_name="",
        last_name="",
        email="",
        password=make_password(None),
        is_active=False,
        is_staff=False,
        is_superuser=False,
        last_login=None,
    )


def _end_sessions(user_id: int) -> int:
    """Each has to be decoded to know whose it is."""
    model = import_module(settings.SESSION_ENGINE).SessionStore.get_model_class()
    rows = model._default_manager.order_by("pk").iterator(1000)
    keys = [row.pk for row in rows if row.get_decoded().get(SESSION_KEY) == str(user_id)]
    ended: int = model._default_manager.filter(pk__in=keys).delete()[0]
    return ended
