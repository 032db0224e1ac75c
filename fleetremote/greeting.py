"""What whoever starts FleetRemote must be told: the way to the first log-in, and what can't work as it is set up."""

from pathlib import Path

from django.conf import settings
from django.urls import reverse

from fleetremote.demo.loading import demo_file
from fleets.people.first_admin import new_token
from fleets.reach import gateways_that_cannot_call_back


def first_admin_lines(base: str) -> list[str]:
    """A new link for the first admin below the address `base`, which ends without a slash; empty where there is one."""
    token = new_token()
    if token is None:
        return []
    link = base + reverse("first-admin-link", args=[token])
    return ["There is no admin yet. This link makes the first one, once, within an hour:", f"  {link}"]


def reach_lines() -> list[str]:
    """Which gateways can't reach us."""
    names = ", ".join(gateway.name for gateway in gateways_that_cannot_call_back())
    if not names:
        return []
    return [
        f"PUBLIC_URL is {settings.PUBLIC_URL}, which can't be reached from: {names}.",
        "  Nothing is notified from there, so actions are asked for every few seconds. "
        "Set PUBLIC_URL to an address that is reached from outside.",
    ]


def demo_lines(home: Path) -> list[str]:
    """What is still here of the demo, where it does not run."""
    if not demo_file(home).exists():
        return []
    return [
        "The demo's fleets are still here, without their simulator. "
        "`script/manage demo --remove` takes them away, `script/server --demo` runs them again."
    ]
