"""PostgreSQL and Valkey: our own, or those that DATABASE_URL and REDIS_URL name."""

from collections.abc import Callable
from pathlib import Path

import psycopg
import redis

from launcher.environment import Wishes
from launcher.errors import LaunchError
from launcher.stores.postgres import EmbeddedPostgres
from launcher.stores.sockets import make_socket_folder, remove_socket_folder
from launcher.stores.valkey import EmbeddedValkey
from launcher.supervisor import Service, Supervisor

PATIENCE_SECONDS = 20.0
"""How long a store of the caller's own may take to answer."""


class Stores:
    """Where PostgreSQL and Redis are, and the services to start for it."""

    def __init__(self, wishes: Wishes) -> None:
        """Prepare nothing yet but the folder for sockets; LaunchError when that fails."""
        self.services: list[Service] = []
        self._note = wishes.home / "run" / "sockets"
        self._postgres: EmbeddedPostgres | None = None
        sockets = None
        if not (wishes.database_url and wishes.redis_url):
            sockets = make_socket_folder(self._note)
        self.database_url = wishes.database_url or self._own_postgres(wishes.home, sockets)
        self.redis_url = wishes.redis_url or self._own_valkey(wishes.home, sockets)
        self._foreign = (bool(wishes.database_url), bool(wishes.redis_url))

    def wait_for_foreign(self, supervisor: Supervisor) -> None:
        """Return when the stores that the caller named answer; LaunchError when they don't."""
        postgres, valkey = self._foreign
        if postgres:
            title = "PostgreSQL at DATABASE_URL"
            supervisor.wait_until(title, _asks_database(self.database_url), PATIENCE_SECONDS)
        if valkey:
            title = "Redis at REDIS_URL"
            supervisor.wait_until(title, _asks_redis(self.redis_url), PATIENCE_SECONDS)

    def close(self) -> None:
        """Clear up after all services have stopped."""
        if self._postgres:
            self._postgres.close()
        remove_socket_folder(self._note)

    def _own_postgres(self, home: Path, sockets: Path | None) -> str:
        assert sockets is not None
        self._postgres = postgres = EmbeddedPostgres(home, sockets, home / "log" / "postgres.log")
        self.services.append(
            Service(
                title="PostgreSQL",
                command=postgres.command,
                is_ready=postgres.is_ready,
                prepare=postgres.prepare,
                is_store=True,
                hint="See its log; or set DATABASE_URL to a PostgreSQL of yours.",
            )
        )
        return postgres.url

    def _own_valkey(self, home: Path, sockets: Path | None) -> str:
        assert sockets is not None
        valkey = EmbeddedValkey(sockets, home / "log" / "valkey.log")
        self.services.append(
            Service(
                title="Valkey",
                command=valkey.command,
                is_ready=valkey.is_ready,
                is_store=True,
                hint="See its log; or set REDIS_URL to a Redis or Valkey of yours.",
            )
        )
        return valkey.url


def _asks_database(url: str) -> Callable[[], str | None]:
    """Return a probe that says why the database doesn't answer, None when it does."""

    def probe() -> str | None:
        try:
            psycopg.connect(url, connect_timeout=2).close()
        except psycopg.ProgrammingError:
            raise LaunchError("DATABASE_URL isn't an address that libpq understands.") from None
        except psycopg.OperationalError as error:
            return str(error).strip().splitlines()[0]
        return None

    return probe


def _asks_redis(url: str) -> Callable[[], str | None]:
    """Return a probe that says why Redis doesn't answer, None when it does."""

    def probe() -> str | None:
        try:
            with redis.Redis.from_url(url, socket_timeout=2, socket_connect_timeout=2) as client:
                client.ping()
        except ValueError:
            raise LaunchError("REDIS_URL must begin with redis://, rediss:// or unix://.") from None
        except redis.RedisError as error:
            return str(error)
        return None

    return probe
