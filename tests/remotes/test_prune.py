"""Raw bodies of notifications are kept for INBOUND_REQUEST_DAYS, and what they told stays."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from remotes.models import InboundRequest, RemoteEvent
from remotes.tasks import prune

from .conftest import Notify, Yard, event


def received(days_ago: float) -> None:
    """The newest one came so long ago."""
    newest = InboundRequest.objects.order_by("-received_at").values("pk")[:1]
    InboundRequest.objects.filter(pk__in=newest).update(received_at=timezone.now() - timedelta(days=days_ago))


def test_bodies_go_after_their_days_and_their_events_stay(yard: Yard, notify: Notify, settings: Any) -> None:
    settings.INBOUND_REQUEST_DAYS = 7
    yard.action()
    for status, days_ago in (("Accepted", 8), ("SentToVehicle", 6.9), ("Success", 0)):
        notify(event(status, done=status == "Success"))
        received(days_ago)
    prune()
    kept = [bytes(request.body) for request in InboundRequest.objects.order_by("received_at")]
    assert [status for body in kept for status in (b"SentToVehicle", b"Success") if status in body] == [
        b"SentToVehicle",
        b"Success",
    ]
    assert len(kept) == 2
    assert RemoteEvent.objects.count() == 3


def test_thirty_days_are_the_default(yard: Yard, notify: Notify, settings: Any) -> None:
    assert settings.INBOUND_REQUEST_DAYS == 30


def test_bodies_go_with_the_positions_that_they_may_hold(yard: Yard, notify: Notify, settings: Any) -> None:
    settings.POSITION_DAYS = 7
    yard.action()
    for status, days_ago in (("Accepted", 7.1), ("SentToVehicle", 6.9)):
        notify(event(status))
        received(days_ago)
    prune()
    (kept,) = InboundRequest.objects.all()
    assert b"SentToVehicle" in bytes(kept.body)
    settings.POSITION_DAYS = 0
    received(29)
    prune()
    assert InboundRequest.objects.exists()
