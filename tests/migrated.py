"""PostgreSQL's data with an empty, migrated database: made once, and copied to whoever starts a server of its own.

Making and migrating takes most of a start's work, and what the first start does is a test of its own (tests/whole).
What is copied is kept in .pytest_cache, by what it was made from.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from launcher.accounts import database_account
from launcher.environment import ROOT
from launcher.stores.postgres_files import storage_folder

CACHE = ROOT / ".pytest_cache" / "migrated"


@cache
def _kept() -> Path:
    """The folder for what is made from these files, by this user."""
    made_from = [*ROOT.glob("*/migrations/*.py"), ROOT / "requirements.txt", ROOT / "launcher/stores/postgres.py"]
    digest = hashlib.sha256(str(os.geteuid()).encode())
    for path in sorted(made_from):
        digest.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
    return CACHE / digest.hexdigest()[:20]


def place(home: Path) -> bool:
    """Put it where the PostgreSQL of a FLEETREMOTE_HOME will look for its data; False where there is none to be put."""
    home.mkdir(parents=True, exist_ok=True)
    storage = storage_folder(home, database_account(home / "postgres" / "data"))
    return copy_to(storage / "data")


def copy_to(data: Path) -> bool:
    """Whether it was there to be copied."""
    if not _kept().exists() or data.exists():
        return False
    _copy(_kept(), data)
    return True


def keep(data: Path) -> None:
    """Keep the data of a server that has stopped; without a place to do so, nothing is kept."""
    draft = _kept().with_suffix(".new")
    shutil.rmtree(draft, ignore_errors=True)
    _copy(data, draft)
    draft.rename(_kept())


@contextmanager
def alone() -> Iterator[bool]:
    """Nobody else makes it meanwhile. Gives whether it is still to be made."""
    try:
        CACHE.mkdir(parents=True, exist_ok=True)
        lock = os.open(CACHE / "lock", os.O_RDWR | os.O_CREAT)
    except OSError:
        yield False
        return
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield not _kept().exists()
    finally:
        os.close(lock)


def migrate() -> None:
    """The database that the environment names."""
    words = [sys.executable, "manage.py", "migrate", "--no-input", "--verbosity", "0"]
    subprocess.run(words, cwd=ROOT, check=True)


def _copy(source: Path, target: Path) -> None:
    """With its owner, who may be another account than ours."""
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copytree(source, target)
    if os.geteuid() == 0:
        owner = source.stat()
        for path in (target, *target.rglob("*")):
            os.chown(path, owner.st_uid, owner.st_gid)
