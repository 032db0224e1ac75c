"""A server of stand-in children, to be signalled and killed by the tests.

usage: stand_in.py FOLDER CHILD… where a child is one of CHILDREN.
"""

import sys
from pathlib import Path

from launcher import supervisor as supervisors
from launcher.errors import LaunchError
from launcher.guardian import Guardian
from launcher.process import Command
from launcher.progress import say
from launcher.signals import Signals
from launcher.supervisor import Service, Supervisor

# Gives signs of life until it is told to stand still.
ALIVE = (
    "import pathlib, time\n"
    "while True:\n"
    "    pathlib.Path(sys.argv[1]).with_suffix('.pulse').touch()\n"
    "    time.sleep(0.05)"
)
TOUCH = "import os, sys, time; open(sys.argv[1], 'w').write(str(os.getpid()))\n"
CHILDREN = {
    "plain": TOUCH + "time.sleep(600)",
    "alive": TOUCH + ALIVE,
    "stubborn": "import signal; signal.signal(15, signal.SIG_IGN)\n" + TOUCH + "time.sleep(600)",
    "parent": "import subprocess, sys\n"
    "subprocess.Popen([sys.executable, '-c', \"import signal, time; signal.signal(15, signal.SIG_IGN)"
    '; time.sleep(600)", sys.argv[1]])\n' + TOUCH + "time.sleep(600)",
    "broken": "import sys; print('no oil'); sys.exit(3)",
}


def service(kind: str, folder: Path) -> Service:
    sign = folder / f"{kind}.pid"
    argv = [sys.executable, "-c", CHILDREN[kind], str(sign)]
    return Service(
        title=f"the {kind} one",
        command=lambda: Command(argv=argv, log=folder / f"{kind}.log", cwd=folder),
        is_ready=lambda: sign.exists() and sign.read_text() != "",
        prepare=lambda: sign.unlink(missing_ok=True),
        hint="Fill it up.",
        pulse=sign.with_suffix(".pulse") if kind == "alive" else None,
    )


def main() -> int:
    folder = Path(sys.argv[1])
    supervisors.STILL_SECONDS = 2.0
    guardian = Guardian()
    supervisor = Supervisor(guardian, Signals())
    services = [service(kind, folder) for kind in sys.argv[2:]]
    try:
        supervisor.start(*services)
        supervisor.wait_for(*services)
        say("ready")
        supervisor.run()
    except LaunchError as error:
        say(str(error))
        return 1
    finally:
        supervisor.stop()
        guardian.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
