"""Forgets log-ins: sessions that are over, and what django-axes has written of tries and log-ins."""

from datetime import timedelta
from importlib import import_module

from django.apps import apps
from django.conf import settings

from fleets.storage import clock

# Days that log-ins are kept with address and browser, and tries that failed. The audit keeps who logged in and when.
LOG_DAYS = 90
TRY_DAYS = 1


def forget() -> None:
    """Sessions end two weeks after the log-in; their rows go within the hour."""
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
    now = clock.now()
    for name in ("AccessLog", "AccessFailureLog"):
        _delete_before(name, now - timedelta(days=LOG_DAYS))
    _delete_before("AccessAttempt", now - timedelta(days=TRY_DAYS))


def _delete_before(name: str, before: object) -> None:
    apps.get_model("axes", name)._default_manager.filter(attempt_time__lt=before).delete()
