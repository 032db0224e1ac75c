"""The embedded servers on their own: as root and as an ordinary user, and after a crash."""

import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from launcher.guardian import Guardian
from launcher.process import Child
from launcher.stores.postgres import EmbeddedPostgres
from launcher.stores.sockets import make_socket_folder, remove_socket_folder
from launcher.stores.valkey import EmbeddedValkey
from tests.waiting import is_running, wait_until

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root has to change the account")


@pytest.fixture
def guardian() -> Iterator[Guardian]:
    watcher = Guardian()
    yield watcher
    watcher.close()


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "home"
    folder.mkdir()
    yield folder
    note = folder / "postgres.path"
    if note.exists():
        shutil.rmtree(note.read_text().strip())


@pytest.fixture
def sockets(tmp_path: Path) -> Iterator[Path]:
    note = tmp_path / "sockets"
    yield make_socket_folder(note)
    remove_socket_folder(note)


def start(postgres: EmbeddedPostgres, guardian: Guardian) -> Child:
    postgres.prepare()
    child = Child(postgres.command(), guardian)
    wait_until(lambda: postgres.is_ready() or child.poll() is not None, "PostgreSQL's answer")
    assert child.poll() is None, postgres.log.read_text()
    return child


def test_postgres_recovers_after_kill(home: Path, sockets: Path, guardian: Guardian) -> None:
    postgres = EmbeddedPostgres(home, sockets, home / "log" / "postgres.log")
    child = start(postgres, guardian)
    with psycopg.connect(postgres.url) as link:
        link.execute("CREATE TABLE kept AS SELECT 42 AS answer")
        settings = ("fsync", "synchronous_commit", "full_page_writes")
        assert [link.execute(f"SHOW {name}").fetchone() for name in settings] == [("on",)] * 3
        assert link.execute("SHOW listen_addresses").fetchone() == ("",)
    os.kill(child.pid, signal.SIGKILL)
    wait_until(lambda: child.poll() is not None, "the server's end")

    child = start(postgres, guardian)
    with psycopg.connect(postgres.url) as link:
        assert link.execute("SELECT answer FROM kept").fetchone() == (42,)
    child.stop(grace=5)
    postgres.close()


def test_postgres_starts_beside_a_pid_file_of_somebody_else(home: Path, sockets: Path, guardian: Guardian) -> None:
    postgres = EmbeddedPostgres(home, sockets, home / "log" / "postgres.log")
    child = start(postgres, guardian)
    pid_file = postgres.data / "postmaster.pid"
    lines = pid_file.read_text().splitlines()
    child.kill()
    pid_file.write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")

    start(postgres, guardian).stop(grace=5)
    postgres.close()


def test_embedded_postgres_ends_with_its_starter(home: Path, sockets: Path) -> None:
    watcher = Guardian()
    postgres = EmbeddedPostgres(home, sockets, home / "log" / "postgres.log")
    child = start(postgres, watcher)
    watcher.close()  # what happens when the starter is killed
    wait_until(lambda: not is_running(child.pid), "the server's end")
    postgres.close()


@needs_root
def test_root_keeps_data_outside_when_the_account_cannot_reach_home(home: Path, sockets: Path) -> None:
    home.chmod(0o700)
    postgres = EmbeddedPostgres(home, sockets, home / "log" / "postgres.log")
    place = Path((home / "postgres.path").read_text())
    assert place.parent == Path("/var/tmp")
    assert place.stat().st_uid != 0
    assert place.stat().st_mode & 0o077 == 0
    again = EmbeddedPostgres(home, sockets, home / "log" / "postgres.log")
    assert again.storage == place
    postgres.close()
    again.close()


@needs_root
def test_data_outside_follows_a_moved_home_but_not_a_copy(home: Path, sockets: Path) -> None:
    home.chmod(0o700)
    EmbeddedPostgres(home, sockets, home / "log").close()
    place = (home / "postgres.path").read_text()
    copied = shutil.copytree(home, home.with_name("copied"))
    EmbeddedPostgres(copied, sockets, copied / "log").close()
    assert (copied / "postgres.path").read_text() != place
    shutil.rmtree((copied / "postgres.path").read_text())

    moved = home.rename(home.with_name("moved"))
    EmbeddedPostgres(moved, sockets, moved / "log").close()
    assert (moved / "postgres.path").read_text() == place
    shutil.rmtree(place)


def test_valkey_answers_on_its_socket_only(sockets: Path, guardian: Guardian) -> None:
    valkey = EmbeddedValkey(sockets, sockets / "valkey.log")
    child = Child(valkey.command(), guardian)
    wait_until(valkey.is_ready, "Valkey's answer")
    assert (sockets / "vk").stat().st_mode & 0o077 == 0
    listening = Path(f"/proc/{child.pid}/net/tcp")
    inodes = {os.readlink(fd) for fd in Path(f"/proc/{child.pid}/fd").iterdir() if fd.is_symlink()}
    tcp = {f"socket:[{line.split()[9]}]" for line in listening.read_text().splitlines()[1:]}
    assert not inodes & tcp
    child.stop(grace=5)


def test_socket_folder_of_an_earlier_start_is_removed(tmp_path: Path) -> None:
    note = tmp_path / "sockets"
    first = make_socket_folder(note)
    second = make_socket_folder(note)
    assert not first.exists()
    assert second.exists()
    assert len(str(second / "pg" / ".s.PGSQL.5432")) < 100
    remove_socket_folder(note)
    assert not second.exists()
