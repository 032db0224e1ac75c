"""A fleet with a vehicle at a gateway; and Celery's tasks, which a worker finds when it starts."""

import pytest

from fleetremote.celery import app
from tests.remotes.conftest import cloud, yard

__all__ = ["cloud", "yard"]


@pytest.fixture(scope="session", autouse=True)
def tasks() -> None:
    app.loader.import_default_modules()
