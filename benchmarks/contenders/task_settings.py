"""Django and Celery for the usual ways to deliver: FleetRemote's database, django-webhook, and one task a delivery."""

import os

from fleetremote.settings import *  # noqa: F403
from fleetremote.settings import INSTALLED_APPS

# It could send at each save of a model; the benchmark queues its task itself.
DJANGO_WEBHOOK: dict[str, list[str]] = {"MODELS": []}
INSTALLED_APPS = [*INSTALLED_APPS, "django_webhook"]
CELERY_IMPORTS = ["benchmarks.contenders.plain_task"]
if "KEEP_CONNECTIONS" in os.environ:
    # Celery reads this name as it stands; else it closes the connection after each task.
    CELERY_CELERY_DB_REUSE_MAX = 1_000_000_000
