"""Forgets log-ins: sessions that are over, from where they were used, and counts of tries whose time is over."""

from datetime import timedelta
from importlib import import_module
from typing import Any

from django.apps import apps
from django.conf import settings

from fleets.storage import clock

# Days that log-ins are kept with address and browser. The audit keeps who logged in and when.
LOG_DAYS = 90


def forget() -> None:
    """Sessions end two weeks after the log-in; their rows go within the hour."""
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
    now = clock.now()
    _rows("Visit").filter(seen__lt=now - timedelta(days=LOG_DAYS)).delete()
    _rows("TryCount").filter(ends_at__lt=now).delete()


def _rows(name: str) -> Any:
    return apps.get_model("console", name)._default_manager
