"""Django's own ASGI application, without the threads that fleetremote/asgi.py puts before it."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fleetremote.settings")

application = get_asgi_application()
