"""Migrates the test's database to and fro; a test that does so takes the fixture `at_the_end` (tests/conftest.py)."""

from typing import Any

from django.db import connection
from django.db.migrations.executor import MigrationExecutor


def migrate(to: list[tuple[str, str]] | None = None) -> Any:
    """To these migrations, else to the newest; gives the models as they are there."""
    executor = MigrationExecutor(connection)
    to = to or executor.loader.graph.leaf_nodes()
    executor.migrate(to)
    return executor.loader.project_state(to).apps
