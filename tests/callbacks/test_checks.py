"""Settings with which deliveries could not work are refused before anything starts."""

import pytest
from django.core.checks import run_checks

from callbacks.delivery.turns import LEASE


def ids() -> list[str | None]:
    return [message.id for message in run_checks() if str(message.id).startswith("callbacks.")]


def test_the_settings_as_they_come_are_fine(settings) -> None:
    assert ids() == []
    assert settings.CALLBACK_TIMEOUT < LEASE


@pytest.mark.parametrize("seconds", [0, -1, LEASE - 4.9, LEASE, 60])
def test_a_request_must_end_well_before_its_lease(settings, seconds: float) -> None:
    settings.CALLBACK_TIMEOUT = seconds
    (message,) = [message for message in run_checks() if message.id == "callbacks.E001"]
    assert message.msg == f"CALLBACK_TIMEOUT is {seconds:g}; it must be above 0 and at most 20 seconds."


@pytest.mark.parametrize("name", ["CALLBACK_IN_FLIGHT", "CALLBACK_CONNECTIONS", "DELIVERY_DAYS"])
def test_counts_are_at_least_one(settings, name: str) -> None:
    setattr(settings, name, 0)
    assert ids() == ["callbacks.E002"]
