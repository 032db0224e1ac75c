"""What `script/manage` runs: manage.py in the environment of the last `script/server`."""

import os
import sys

from launcher.environment import ROOT, home_folder, kept_secrets, make_home, read_environment
from launcher.errors import LaunchError


def main() -> None:
    """Become manage.py; the caller's own variables win over the kept ones."""
    home = home_folder(os.environ)
    try:
        kept = read_environment(home)
        if not kept:
            kept = _first_environment()
    except (LaunchError, ValueError, PermissionError) as error:
        sys.exit(f"The environment of FleetRemote in {home} can't be read: {error}")
    environment = {**kept, **os.environ, "FLEETREMOTE_HOME": str(home)}
    arguments = [sys.executable, str(ROOT / "manage.py"), *sys.argv[1:]]
    os.execve(sys.executable, arguments, environment)  # noqa: S606 (no shell is wanted)


def _first_environment() -> dict[str, str]:
    """Return what the settings need where no server has been started yet: no stores are there."""
    home = home_folder(os.environ)
    make_home(home)
    return {
        "DJANGO_SETTINGS_MODULE": "fleetremote.settings",
        "DATABASE_URL": f"postgres://fleetremote@/fleetremote?host={home}/run/not-started",
        "REDIS_URL": f"unix://{home}/run/not-started?db=0",
        **kept_secrets(home),
    }


if __name__ == "__main__":
    main()
