"""What has not been sent can be taken back; what may have been can't, and it says why."""

import pytest

from fleets.audit.entries import Actor
from fleets.models import AuditEntry
from protocol.why import Why
from remotes.asking.cancel import TooLate, cancel
from remotes.models import RemoteAction, RemoteEvent
from remotes.sending.dispatch import dispatch_vehicle
from remotes.words import codes
from tests.remotes.cloud import Cloud
from tests.remotes.conftest import Yard

CAMILLE = Actor("Camille")


def test_a_cancelled_action_is_never_sent(yard: Yard, cloud: Cloud) -> None:
    action = yard.action(None)
    cancel(action, CAMILLE, reason="Wrong car.")
    dispatch_vehicle(yard.vehicle.pk)
    action.refresh_from_db()
    assert (action.state, action.status, action.failure_cause) == ("cancelled", "Failed", "GeneralError")
    assert action.detail == "Cancelled by Camille. Wrong car."
    assert RemoteEvent.objects.get().why == action.why == Why(codes.CANCELLED_BECAUSE, who="Camille", why="Wrong car.")
    assert cloud.posted == []


def test_who_cancelled_it_stands_in_the_audit(yard: Yard) -> None:
    cancel(yard.action(None), CAMILLE, reason="Wrong car.")
    entry = AuditEntry.objects.get(kind="operated")
    assert (entry.who, entry.reason, entry.document["what"]) == ("Camille", "Wrong car.", "cancelled")


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"upstream_id": "a1"}, "The manufacturer's cloud has accepted it and can't take it back."),
        (
            {"upstream_id": None, "state": "unknown"},
            "It may have been sent: the manufacturer's cloud gave no answer, and is asked what became of it.",
        ),
    ],
)
def test_what_may_have_been_sent_stays(yard: Yard, values: dict[str, str], words: str) -> None:
    action = yard.action(**values)
    with pytest.raises(TooLate) as refused:
        cancel(action, CAMILLE)
    assert str(refused.value) == words
    assert RemoteAction.objects.get().is_open


def test_it_can_be_cancelled_once(yard: Yard) -> None:
    action = yard.action(None)
    cancel(action, CAMILLE)
    with pytest.raises(TooLate, match="ended already"):
        cancel(action, CAMILLE)
    assert RemoteEvent.objects.count() == 1
