"""Runs every static check, also after one has failed, and says at the end which did."""

import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent

CHECKS: dict[str, list[str]] = {
    "ruff check": ["-m", "ruff", "check", "."],
    "ruff format": ["-m", "ruff", "format", "--check", "."],
    "mypy": ["-m", "mypy", "."],
    "import contracts": [str(BIN / "lint-imports")],
    # No database is asked; Django warns that it can't compare with one.
    "migrations": [
        *("-W", "ignore::RuntimeWarning"),
        *("manage.py", "makemigrations", "--check", "--dry-run"),
    ],
}

ENVIRONMENT = {
    "DJANGO_SETTINGS_MODULE": "fleetremote.settings",
    "SECRET_KEY": "only-for-static-checks-0123456789",
    "FIELD_KEYS": "b25seS1mb3Itc3RhdGljLWNoZWNrcy0wMTIzNDU2Nzg=",
    "DATABASE_URL": "postgres://nobody@/nothing?host=%2Fnonexistent",
    "REDIS_URL": "unix:///nonexistent?db=0",
}


def main() -> int:
    """Return 0 when all checks are content, else 1."""
    environment = {**os.environ, **ENVIRONMENT}
    failed = []
    for name, arguments in CHECKS.items():
        print(f"== {name}", flush=True)
        started = time.monotonic()
        done = subprocess.run([sys.executable, *arguments], cwd=ROOT, env=environment)
        print(f"   {time.monotonic() - started:.1f} s", flush=True)
        if done.returncode != 0:
            failed.append(name)
    if failed:
        print(f"Lint failed: {', '.join(failed)}.", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
