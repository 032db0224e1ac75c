"""Moments in kept sentences are by the clocks of the page's fleet, as all others on it."""

from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone

from alerts.raising import raise_alert
from console import zones
from remotes.models import Alert, FleetRules
from tests.console.conftest import World


@pytest.mark.parametrize(
    ("kept", "shown"),
    [
        ("Ends at 2026-07-01 22:30 UTC.", "Ends at 2 Jul 2026, 00:30."),
        ("From 2026-01-01 10:00 UTC until 2026-07-01 10:00 UTC", "From 1 Jan 2026, 11:00 until 1 Jul 2026, 12:00"),
        ("At 2026-13-01 10:00 UTC and 25:61 UTC", "At 2026-13-01 10:00 UTC and 25:61 UTC"),
        ("UTC", "UTC"),
    ],
)
def test_a_kept_sentence_by_the_clocks_of_the_page(kept: str, shown: str) -> None:
    assert zones.by_page(kept) == kept
    try:
        zones.go_by(ZoneInfo("Europe/Paris"))
        assert zones.by_page(kept) == shown
    finally:
        timezone.deactivate()
        zones._of_page.set(None)


def test_an_alert_tells_its_time_by_the_fleets_clocks(camille: Client, world: World) -> None:
    FleetRules.objects.update_or_create(fleet=world.lyon, defaults={"time_zone": "Asia/Kolkata"})
    raise_alert(Alert.Kind.CALLBACK_FAILED, world.lyon.pk, "1", "It fails since 2026-07-01 10:00 UTC.")
    page = " ".join(camille.get(f"/fleets/{world.lyon.public_id}/alerts").text.split())
    assert "It fails since 1 Jul 2026, 15:30." in page
