"""Copies the data of a running embedded PostgreSQL, and puts the copy in the place of the data."""

import subprocess
from pathlib import Path

from launcher.stores.postgres import DATABASE, EmbeddedPostgres
from launcher.supervisor import Service


class Backup:
    """A base backup; `take` it, and then have it `put_back` when the server is started again."""

    def __init__(self, postgres: EmbeddedPostgres) -> None:
        self._postgres = postgres
        self._copy = postgres.storage / "copy"

    def take(self) -> None:
        words = ["-h", str(self._postgres._socket), "-U", DATABASE, "-D", str(self._copy), "-X", "fetch", "-c", "fast"]
        account = self._postgres._account
        done = subprocess.run(
            [str(self._postgres._programs / "pg_basebackup"), *words, "--no-sync"],
            capture_output=True,
            text=True,
            cwd="/",
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=None if account is None else [],
        )
        assert done.returncode == 0, done.stderr

    def put_back(self, service: Service, *, new_timeline: bool) -> None:
        """At the server's next start, once."""
        prepare = service.prepare

        def swap() -> None:
            # It sees to it that nobody has the data open any more.
            prepare()
            self._swap(new_timeline)
            service.prepare = prepare

        service.prepare = swap

    def _swap(self, new_timeline: bool) -> None:
        data = self._postgres.data
        data.rename(data.with_name("lost"))
        self._copy.rename(data)
        if new_timeline:
            # As with any restore that replays an archive, which has nothing more here.
            with (data / "postgresql.auto.conf").open("a") as settings:
                settings.write("restore_command = 'false'\n")
            self._touch(data / "recovery.signal")

    def _touch(self, path: Path) -> None:
        path.touch()
        path.chmod(0o644)
