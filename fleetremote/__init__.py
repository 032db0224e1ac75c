"""Settings, URLs and entry points: where the rooms come together."""

from fleetremote.celery import app as celery_app

__all__ = ["celery_app"]
