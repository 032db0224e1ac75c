"""`demo --load` loads the demo, `demo --json` and `demo --shell` say what is in it."""

import json
import os
import shlex
from argparse import ArgumentParser
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

if TYPE_CHECKING:
    from fleetremote.demo import Subscriber


def _content() -> dict[str, Any]:
    from launcher.files import read_json

    content: dict[str, Any] = read_json(settings.FLEETREMOTE_HOME / "demo.json")
    if not content:
        raise CommandError(f"No demo is loaded in {settings.FLEETREMOTE_HOME}. Run script/server first.")
    return content


def _subscriber() -> "Subscriber | None":
    from fleetremote.demo import Subscriber
    from fleetremote.receiver.signature import read_secret

    url, secret = (os.environ.get(name) for name in ("RECEIVER_URL", "RECEIVER_SECRET"))
    if not url or not secret:
        return None
    try:
        read_secret(secret)
    except ValueError as error:
        raise CommandError(f"RECEIVER_SECRET: {error}.") from error
    return Subscriber(url.rstrip("/"), secret)


class Command(BaseCommand):
    """Reading needs neither database nor Redis."""

    help = "Load the demo into the database, or print its addresses, ids and passwords."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take exactly one of them."""
        choice = parser.add_mutually_exclusive_group(required=True)
        choice.add_argument("--load", action="store_true", help="load it; harmless when repeated")
        choice.add_argument("--json", action="store_true", help="print one JSON document")
        choice.add_argument("--shell", action="store_true", help="print shell variables for trying the API with curl")

    def handle(self, *_: Any, **options: Any) -> None:
        """Do what was chosen."""
        if options["json"]:
            self.stdout.write(json.dumps(_content(), indent=2, ensure_ascii=False))
        elif options["shell"]:
            self._print_variables(_content())
        else:
            self._load()

    def _print_variables(self, content: dict[str, Any]) -> None:
        api, fleet = content["api"], content["fleets"][0]
        asleep = next(vehicle for vehicle in fleet["vehicles"] if vehicle["profile"] == "asleep")
        variables = {
            "V3": api["v3"],
            "CLIENT_ID": api["client_id"],
            "LOGIN": f"{api['user']}:{api['password']}",
            "FLEET": fleet["id"],
            "VEHICLE": asleep["id"],
        }
        for name, value in variables.items():
            self.stdout.write(f"{name}={shlex.quote(value)}")

    def _load(self) -> None:
        from fleetremote.demo import load_demo
        from fleets.sync.capabilities import refresh_all
        from simulator.world import demo_world

        simulator_url = os.environ.get("SIMULATOR_URL")
        if not simulator_url:
            raise CommandError("SIMULATOR_URL must say where the simulator is, without a path.")
        content = load_demo(
            demo_world(),
            home=settings.FLEETREMOTE_HOME,
            public_url=settings.PUBLIC_URL,
            simulator_url=simulator_url.rstrip("/"),
            subscriber=_subscriber(),
        )
        # So that the first look at a vehicle offers just what it can do.
        refresh_all()
        count = sum(len(fleet["vehicles"]) for fleet in content["fleets"])
        self.stdout.write(f"{len(content['fleets'])} fleets with {count} vehicles are loaded.")
