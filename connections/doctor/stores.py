"""PostgreSQL and Redis."""

from collections.abc import Iterator

import redis
from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection
from django.db.migrations.executor import MigrationExecutor

from connections.doctor.finding import Finding

# Milliseconds that one statement may take here.
_STATEMENT = 10_000
_HOW = "See that PostgreSQL runs, or start FleetRemote with script/server; then check DATABASE_URL."


def database() -> Iterator[Finding]:
    """Whether it answers, takes changes and has the tables of this version: all else needs that."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('statement_timeout', %s, false)", [str(_STATEMENT)])
            cursor.execute("SELECT pg_is_in_recovery() OR current_setting('transaction_read_only')::boolean")
            ((is_read_only,),) = cursor.fetchall()
    except (DatabaseError, InterfaceError) as error:
        said = next(iter(str(error).strip().splitlines()), type(error).__name__)
        yield Finding("database", False, f"The database does not answer: {said.rstrip('.')}. {_HOW}")
        return
    if is_read_only:
        words = "The database takes no changes. Let DATABASE_URL name the server that does."
        yield Finding("database", False, words)
        return
    yield Finding("database", True, "The database answers.")
    yield _migrations()


def _migrations() -> Finding:
    try:
        executor = MigrationExecutor(connection)
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError as error:
        return Finding("migrations", False, f"What the database holds can't be told: {error}. Check its user's rights.")
    if plan:
        first = f"{plan[0][0].app_label}.{plan[0][0].name}"
        words = f"{len(plan)} migrations are missing, the first is {first}. Restart FleetRemote, or run migrate."
        return Finding("migrations", False, words)
    return Finding("migrations", True, "The database has the tables of this version.")


def messages() -> Iterator[Finding]:
    """Redis, through a client of its own, whatever this process has made of an outage before."""
    try:
        with redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=2, socket_timeout=2) as client:
            client.set("health", "1", ex=10)
    except redis.ResponseError as error:
        words = f"Redis takes no messages ({error}). It may be full: give it more memory."
        yield Finding("redis", False, words)
    except (redis.RedisError, OSError, ValueError) as error:
        words = f"Redis does not answer: {error}. All is slower without it. See that it runs, and check REDIS_URL."
        yield Finding("redis", False, words)
    else:
        yield Finding("redis", True, "Redis answers.")
