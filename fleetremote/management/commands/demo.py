"""`demo --load` loads the demo, `--json` and `--shell` say what is in it, `--remove` takes it away."""

import json
import os
import shlex
from argparse import ArgumentParser
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

if TYPE_CHECKING:
    from fleetremote.demo.loading import Subscriber

TRIES = 5


def _content() -> dict[str, Any]:
    from launcher.files import read_json

    content: dict[str, Any] = read_json(settings.FLEETREMOTE_HOME / "demo.json")
    if not content:
        raise CommandError(
            f"No demo is loaded in {settings.FLEETREMOTE_HOME}. `script/server --demo` runs FleetRemote with it; "
            "with Docker Compose it is `docker compose --profile demo up`."
        )
    return content


def _subscriber() -> "Subscriber | None":
    from fleetremote.demo.loading import Subscriber
    from fleetremote.environment.given import given
    from fleetremote.receiver.signature import read_secret

    url = os.environ.get("RECEIVER_URL")
    try:
        secret = given("RECEIVER_SECRET")
        if not url or not secret:
            return None
        read_secret(secret)
    except ValueError as error:
        raise CommandError(f"RECEIVER_SECRET: {error}.") from error
    return Subscriber(url.rstrip("/"), secret)


class Command(BaseCommand):
    """Reading needs neither database nor Redis."""

    help = "Load the demo, print its addresses, ids and passwords, or take it away."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take exactly one of them."""
        choice = parser.add_mutually_exclusive_group(required=True)
        choice.add_argument("--load", action="store_true", help="load it; harmless when repeated")
        choice.add_argument("--json", action="store_true", help="print one JSON document")
        choice.add_argument("--shell", action="store_true", help="print shell variables for trying the API with curl")
        choice.add_argument("--remove", action="store_true", help="take all of it out of the database and the home")
        parser.add_argument("--no-admin", action="store_true", help="with --load: its person has its fleets alone")
        parser.add_argument("--yes", action="store_true", help="with --remove: don't ask")

    def handle(self, *_: Any, **options: Any) -> None:
        """Do what was chosen."""
        if options["json"]:
            self.stdout.write(json.dumps(_content(), indent=2, ensure_ascii=False))
        elif options["shell"]:
            self._print_variables(_content())
        elif options["remove"]:
            self._remove(asks=not options["yes"])
        else:
            self._load(admin=not options["no_admin"])

    def _print_variables(self, content: dict[str, Any]) -> None:
        api, fleet = content["api"], content["fleets"][0]
        asleep = next(vehicle for vehicle in fleet["vehicles"] if vehicle["profile"] == "asleep")
        # Of a fleet whose own cloud speaks v1; our two APIs have all vehicles.
        awake = next(vehicle for vehicle in content["fleets"][-1]["vehicles"] if vehicle["profile"] == "awake")
        variables = {
            "V3": api["v3"],
            "CLIENT_ID": api["client_id"],
            "LOGIN": f"{api['user']}:{api['password']}",
            "FLEET": fleet["id"],
            "VEHICLE": asleep["id"],
            "V1": api["v1"]["url"],
            "TOKEN_URL": api["v1"]["token_url"],
            "CLIENT_SECRET": api["v1"]["client_secret"],
            "V1_VEHICLE": awake["id"],
        }
        for name, value in variables.items():
            self.stdout.write(f"{name}={shlex.quote(value)}")

    def _load(self, *, admin: bool) -> None:
        from fleetremote.demo.loading import load_demo
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
            admin=admin,
        )
        # So that the first look at a vehicle offers just what it can do.
        refresh_all()
        count = sum(len(fleet["vehicles"]) for fleet in content["fleets"])
        self.stdout.write(f"{len(content['fleets'])} fleets with {count} vehicles are loaded.")

    def _remove(self, *, asks: bool) -> None:
        from fleetremote.demo.removing import find_demo, other_uses
        from fleetremote.greeting import first_admin_lines
        from fleets.people.first_admin import has_admin

        home = settings.FLEETREMOTE_HOME
        demo = find_demo(home)
        if not demo.is_there:
            self._forget(home)
            self.stdout.write("There is no demo in the database.")
            return
        fleets = ", ".join(str(fleet) for fleet in demo.fleets) or "none"
        self.stdout.write(f"The demo goes with all that was done in it. Its fleets: {fleets}.")
        for line in other_uses(demo):
            self.stdout.write(line)
        if asks and not _is_meant():
            raise CommandError("Nothing was removed.")
        gone = _removed(home)
        self._forget(home)
        self.stdout.write("Gone: " + ", ".join(f"{count:,} {kind}" for kind, count in gone.items()) + ".")
        if not has_admin():
            self.stdout.write("The demo's person was the only admin.")
            for line in first_admin_lines(settings.PUBLIC_URL):
                self.stdout.write(line)

    def _forget(self, home: Path) -> None:
        """The next start is without the demo; the simulator's state goes unless it still writes to it."""
        from fleetremote.demo.loading import demo_file
        from launcher.probes import answers
        from launcher.start.options import keep_demo
        from launcher.start.words import forget_simulator

        demo_file(home).unlink(missing_ok=True)
        keep_demo(home, False)
        url = os.environ.get("SIMULATOR_URL")
        if url and answers(f"{url}/healthz")():
            self.stdout.write("The simulator still runs, and will not at the next start.")
        else:
            forget_simulator(home)


def _removed(home: Path) -> dict[str, int]:
    """Take it out of the database; once more where workers came between, since then nothing of it is gone."""
    from django.db import IntegrityError, OperationalError

    from fleetremote.demo.removing import find_demo, remove_demo

    for _ in range(TRIES - 1):
        with suppress(IntegrityError, OperationalError):
            return remove_demo(find_demo(home))
    return remove_demo(find_demo(home))


def _is_meant() -> bool:
    try:
        return input("Write 'yes' to remove it: ").strip().lower() == "yes"
    except EOFError:
        raise CommandError("Nobody is there to be asked; --yes removes it without.") from None
