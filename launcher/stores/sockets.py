"""A short, private folder for the sockets of the embedded servers.

A socket's path may have about 100 characters only, so it can't lie in FLEETREMOTE_HOME.
"""

import os
import shutil
import tempfile
from pathlib import Path

from launcher.accounts import Account

PREFIX = "fleetremote-"
SHORT = ("/tmp", "/var/tmp")  # noqa: S108 (mkdtemp makes a folder with a name of its own in it)


def make_socket_folder(note: Path) -> Path:
    """Make a new folder for sockets, and remove the one that an earlier start noted in `note`.

    Root's folder may be passed through by others, as PostgreSQL's account has to; what lies in
    it is closed by `private_folder`.
    """
    remove_socket_folder(note)
    parent = next((place for place in SHORT if os.access(place, os.W_OK)), None)
    folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=parent))
    if os.geteuid() == 0:
        folder.chmod(0o711)
    note.parent.mkdir(parents=True, exist_ok=True)
    note.write_text(str(folder))
    return folder


def remove_socket_folder(note: Path) -> None:
    """Remove the folder that is noted in `note`, if it is one of ours."""
    if not note.exists():
        return
    folder = Path(note.read_text().strip())
    is_ours = folder.name.startswith(PREFIX) and folder.is_dir() and not folder.is_symlink()
    if is_ours and folder.stat().st_uid == os.geteuid():
        shutil.rmtree(folder, ignore_errors=True)
    note.unlink()


def private_folder(folder: Path, account: Account | None) -> Path:
    """Make `folder` with mode 0700, owned by `account` (None: by ourselves)."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    if account is not None:
        os.chown(folder, account.uid, account.gid)
    return folder
