#!/usr/bin/env python
"""Django's command line; `script/manage` runs it in the environment of `script/server`."""

import os
import sys

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fleetremote.settings")
    import django
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    try:
        django.setup()
        from fleets.audit.doer import command_line, doing

        by = command_line(sys.argv[1] if len(sys.argv) > 1 else "help")
        with doing(lambda: by):
            execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        sys.exit(f"FleetRemote can't run. {error}")
