"""The producer's process, which is never killed.

python -m tests.faults.crash.producing '<Plan as JSON>' <subscribers' address> <web server's address> <file>

The plan's reserve is put in when the file is there.
"""

import json
import sys
from pathlib import Path

import django

from tests.faults.crash.plan import Plan


def main(plan: Plan, subscribers: str, web: str, reserve: Path) -> None:
    django.setup()
    from tests.faults.crash.producer import produce
    from tests.faults.crash.world import make_world

    produce(plan, make_world(plan, subscribers), web, reserve)


if __name__ == "__main__":
    main(Plan(**json.loads(sys.argv[1])), sys.argv[2], sys.argv[3], Path(sys.argv[4]))
