"""What ends with a second factor that somebody else has taken away."""

from importlib import import_module

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.models import User


def end_sessions(person: User) -> None:
    """All that they have, in every browser."""
    model = import_module(settings.SESSION_ENGINE).SessionStore.get_model_class()
    rows = model._default_manager.order_by("pk").iterator(1000)
    keys = [row.pk for row in rows if row.get_decoded().get(SESSION_KEY) == str(person.pk)]
    model._default_manager.filter(pk__in=keys).delete()


def unconfirm(person: User, by: User) -> None:
    """Whose factor another has taken may approve nothing until a third person agrees."""
