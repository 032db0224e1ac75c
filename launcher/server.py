"""What `script/server` runs inside the virtual environment: everything, until told to stop."""

import os
import sys
import time
from urllib.parse import urlsplit

from launcher.environment import (
    Addresses,
    Wishes,
    child_environment,
    make_home,
    read_environment,
    read_wishes,
    write_environment,
)
from launcher.errors import LaunchError, StopRequested
from launcher.guardian import Guardian
from launcher.lock import HomeLock
from launcher.probes import check_port_is_free, free_port
from launcher.progress import say
from launcher.services import Programs
from launcher.signals import Signals
from launcher.start.keys import check_given
from launcher.start.options import USAGE, read_options, with_demo
from launcher.start.words import announce, forget_simulator, greeting_file
from launcher.stores.embedded import Stores
from launcher.supervisor import Supervisor

# One gateway gets half of them (fleets/room.py).
COMMAND_THREADS = 16
SWEEP_THREADS = 4
DELIVERY_THREADS = 2
DATABASE_HINT = "Read the lines above; the data is untouched. `script/manage migrate` tries again."


def main() -> int:
    """Run FleetRemote; return the exit code: 0 after a wished stop, 1 when it couldn't start."""
    signals = Signals()
    try:
        options = read_options(sys.argv[1:])
        if options.help:
            say(USAGE)
            return 0
        wishes = read_wishes(os.environ)
        check_given(os.environ)
        make_home(wishes.home)
        lock = HomeLock(wishes.home, wishes.local_url)
        check_port_is_free(wishes.host, wishes.port)
        _serve(wishes, signals, lock, demo=with_demo(wishes.home, options.demo))
    except LaunchError as error:
        say(f"FleetRemote can't run.\n{error}")
        return 1
    return 0


def _serve(wishes: Wishes, signals: Signals, lock: HomeLock, *, demo: bool) -> None:
    """Start all, keep it running, and stop it again whatever happens."""
    guardian = Guardian(keep_open=[lock.descriptor])
    supervisor = Supervisor(guardian, signals)
    stores: Stores | None = None
    try:
        stores = Stores(wishes)
        _start(wishes, supervisor, stores, demo=demo)
        announce(wishes, demo=demo)
        supervisor.run()
    except StopRequested:
        pass
    finally:
        _stop(supervisor, guardian)
        if stores:
            stores.close()
    say("FleetRemote has stopped.")


def _start(wishes: Wishes, supervisor: Supervisor, stores: Stores, *, demo: bool) -> None:
    addresses = _addresses(wishes) if demo else Addresses()
    variables = child_environment(
        wishes, database_url=stores.database_url, redis_url=stores.redis_url, addresses=addresses
    )
    write_environment(wishes.home, variables)
    programs = Programs(wishes, variables)
    supervisor.start(*stores.services)
    simulator = [programs.simulator(addresses.simulator)] if demo else []
    supervisor.start(*simulator)
    stores.wait_for_foreign(supervisor)
    supervisor.wait_for(*stores.services)
    migrate = programs.manage("migrate", "--no-input")
    supervisor.run_step("Migrating the database", migrate, hint=DATABASE_HINT)
    web = programs.web()
    supervisor.start(web)
    supervisor.wait_for(*simulator)
    title = "Loading the demo" if demo else "Looking at what is there"
    supervisor.run_step(title, programs.at_start(greeting_file(wishes.home), demo=demo))
    if not demo:
        forget_simulator(wishes.home)
    # Workers only now: they would send to the addresses that the others had at the last start.
    others = [
        *([programs.receiver(addresses.receiver)] if demo else []),
        programs.worker("commands", COMMAND_THREADS),
        programs.worker("deliveries", DELIVERY_THREADS),
        programs.worker("sweeps", SWEEP_THREADS),
        programs.beat(),
    ]
    supervisor.start(*others)
    supervisor.wait_for(web, *others)


def _addresses(wishes: Wishes) -> Addresses:
    """Free ports of this machine for the simulator and the receiver, those of the last start if they can be had."""
    try:
        last = read_environment(wishes.home)
    except ValueError:
        last = {}
    simulator, receiver = (free_port(urlsplit(last.get(name, "")).port) for name in ("SIMULATOR_URL", "RECEIVER_URL"))
    # Nobody listens on the first yet, so it may be found free twice.
    while receiver == simulator:
        receiver = free_port(None)
    return Addresses(f"http://127.0.0.1:{simulator}", f"http://127.0.0.1:{receiver}")


def _stop(supervisor: Supervisor, guardian: Guardian) -> None:
    started = time.monotonic()
    supervisor.stop()
    guardian.close()
    say(f"Stopped all processes in {time.monotonic() - started:.1f} s.")


if __name__ == "__main__":
    sys.exit(main())
