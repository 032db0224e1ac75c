"""A server tells of what fails from its first second on, not only from its first look."""

import pytest
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from alerts.sweep import sweep
from remotes.models import AlertMark
from tests.remotes.conftest import Notify, Yard, event

from .conftest import open_alerts
from .test_causes import immobilise

NAME = "0021_alert_marks"


@pytest.mark.django_db
def test_a_dangerous_failure_before_the_first_look_is_told(yard: Yard, notify: Notify) -> None:
    AlertMark.objects.all().delete()
    loader = MigrationLoader(connection)
    (step,) = loader.get_migration("remotes", NAME).operations
    step.code(loader.project_state(("remotes", NAME)).apps, None)  # type: ignore[attr-defined]
    immobilise(yard)
    notify(event("Failed", done=True, cause="NotPossibleDueToVehicleBatteryLevel"))

    sweep()

    assert open_alerts() == ["dangerous-action"]
