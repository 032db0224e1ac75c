"""Migrations of remote actions, forward and back, on rows that were there before."""

from datetime import time
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

BEFORE, AFTER = [("remotes", "0009_history_filters")], [("remotes", "0010_filter_of_schedules")]

# The query string of a view, the filter that it becomes, and the query string that it is again, sorted.
VIEWS: list[tuple[str, dict[str, Any], str]] = [
    ("", {"version": 1}, ""),
    ("q=e-Expert+%26+co", {"version": 1, "q": "e-Expert & co"}, "q=e-Expert+%26+co"),
    (
        "energy=Electric&below=20&sort=-heard&col=model",
        {"version": 1, "energy": "Electric", "below": 20},
        "below=20&energy=Electric",
    ),
    ("colour=red", {"version": 0, "query": "colour=red"}, "colour=red"),
    ("below=x", {"version": 0, "query": "below=x"}, "below=x"),
]


def migrate(to: list[tuple[str, str]]) -> Any:
    executor = MigrationExecutor(connection)
    executor.migrate(to)
    return executor.loader.project_state(to).apps


@pytest.fixture
def at_the_end(transactional_db: None) -> Any:
    yield
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())


def test_views_of_schedules_become_filters_and_views_again(at_the_end: None) -> None:
    old = migrate(BEFORE)
    fleet = old.get_model("fleets", "Fleet").objects.create(name="Lyon")
    Schedule = old.get_model("remotes", "Schedule")
    common = {"fleet": fleet, "remote_type": "Horn", "payload": {}, "rhythm": "weekly", "days": [0], "state": "paused"}
    for view, _, _ in VIEWS:
        Schedule.objects.create(name=view[:60], local_time=time(7), view=view, **common)

    new = migrate(AFTER).get_model("remotes", "Schedule")
    assert [row.filter for row in new.objects.order_by("pk")] == [wanted for _, wanted, _ in VIEWS]

    old = migrate(BEFORE).get_model("remotes", "Schedule")
    assert [row.view for row in old.objects.order_by("pk")] == [view for _, _, view in VIEWS]
