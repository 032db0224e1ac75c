"""Which account PostgreSQL runs under: it refuses to run as root."""

import os
import pwd
from dataclasses import dataclass
from pathlib import Path

from launcher.errors import LaunchError


@dataclass(frozen=True)
class Account:
    """A user of this machine."""

    uid: int
    gid: int


def database_account(data: Path) -> Account | None:
    """Return the account for the database in `data`; None when our own will do.

    Data that is there already belongs to somebody, who then has to run it.
    """
    if os.geteuid() != 0:
        return None
    if data.exists() and (owner := data.stat()).st_uid != 0:
        return Account(owner.st_uid, owner.st_gid)
    for name in ("nobody", "daemon", "postgres"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid)
    raise LaunchError(
        "PostgreSQL doesn't run as root, and this machine has no account 'nobody'. "
        "Start FleetRemote as an ordinary user, or set DATABASE_URL to a PostgreSQL of yours."
    )


def can_enter(folder: Path, account: Account) -> bool:
    """Whether `account` may pass through `folder` and all folders above it."""
    return all(_may_pass(place, account) for place in (folder, *folder.parents))


def _may_pass(folder: Path, account: Account) -> bool:
    status = folder.stat()
    if status.st_uid == account.uid:
        return bool(status.st_mode & 0o100)
    if status.st_gid == account.gid:
        return bool(status.st_mode & 0o010)
    return bool(status.st_mode & 0o001)
