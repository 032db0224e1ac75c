"""Django over WSGI: every request but the streams and the notifications."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fleetremote.settings")

application = get_wsgi_application()
