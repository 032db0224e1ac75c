"""A manager sends what needs a second person at once; another must look into it afterwards."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.utils import timezone

from fleets.models import AuditEntry, Membership
from protocol.canonical import Remote
from protocol.catalogue import REMOTE_TYPES
from remotes.asking.ask import Wishes, request_action
from remotes.asking.break_glass import break_glass, close_review, send_alone
from remotes.checks.approvals import NotAllowed, approve
from remotes.models import RemoteAction, Review
from remotes.sending.dispatch import dispatch_vehicle
from tests.remotes.cloud import Cloud
from tests.remotes.conftest import Yard
from tests.world import make_person

IMMOBILISE = Remote(REMOTE_TYPES["Immobilization"], {"activate": True})
REASON = "Stolen a minute ago, nobody answers."


@pytest.fixture
def camille(yard: Yard) -> User:
    return make_person("camille", yard.fleet)


@pytest.fixture
def lea(yard: Yard) -> User:
    return make_person("lea", yard.fleet)


@pytest.fixture
def asked(yard: Yard, camille: User) -> RemoteAction:
    return request_action(yard.vehicle, IMMOBILISE, user=camille)


def test_it_is_sent_at_once_and_looked_into_by_another(
    yard: Yard, cloud: Cloud, asked: RemoteAction, camille: User, lea: User
) -> None:
    review = break_glass(asked, camille, REASON)
    dispatch_vehicle(yard.vehicle.pk)
    asked.refresh_from_db()
    assert (asked.state, len(cloud.posted)) == ("accepted", 1)
    assert asked.approved_by is None
    assert (review.by, review.reason, review.closed_at) == (camille, REASON, None)
    entry = AuditEntry.objects.get(subject=asked.public_id, document__what="broke the glass")
    assert (entry.who, entry.reason) == ("camille", REASON)

    with pytest.raises(NotAllowed, match="Another manager"):
        close_review(review, camille)
    with pytest.raises(NotAllowed, match="may not approve"):
        close_review(review, make_person("viktor", yard.fleet, role="viewer"))
    close_review(review, lea, "I have seen the police report.")
    review.refresh_from_db()
    assert (review.closed_by, review.note) == (lea, "I have seen the police report.")
    with pytest.raises(NotAllowed, match="looked into already"):
        close_review(review, lea)


def test_who_had_asked_for_it_does_not_close_the_review_of_who_broke_the_glass(
    asked: RemoteAction, camille: User, lea: User
) -> None:
    with pytest.raises(NotAllowed, match="Another manager"):
        close_review(break_glass(asked, lea, REASON), camille)


@pytest.mark.parametrize("role", ["viewer", "support", "operator", "auditor"])
def test_only_managers_may(yard: Yard, asked: RemoteAction, role: str) -> None:
    with pytest.raises(NotAllowed, match="without a second person"):
        break_glass(asked, make_person("other", yard.fleet, role=role), REASON)
    asked.refresh_from_db()
    assert asked.state == "waiting-approval"


def test_not_for_what_they_may_not_send(asked: RemoteAction, lea: User) -> None:
    Membership.objects.filter(user=lea).update(remote_types=["Locking"])
    with pytest.raises(NotAllowed, match="without a second person"):
        break_glass(asked, lea, REASON)


def test_it_needs_a_reason(asked: RemoteAction, camille: User) -> None:
    with pytest.raises(NotAllowed, match="10 characters"):
        break_glass(asked, camille, "   urgent   ")


def test_not_for_what_is_over_or_sent(asked: RemoteAction, camille: User, lea: User) -> None:
    RemoteAction.objects.update(expires_at=timezone.now())
    with pytest.raises(NotAllowed, match="is over"):
        break_glass(asked, camille, REASON)
    RemoteAction.objects.update(expires_at=timezone.now() + timedelta(minutes=5))
    approve(asked, lea)
    with pytest.raises(NotAllowed, match="does not wait"):
        break_glass(asked, camille, REASON)
    assert not Review.objects.exists()


def test_asking_and_breaking_in_one(yard: Yard, cloud: Cloud, camille: User) -> None:
    wishes = Wishes(reason=REASON)
    action = send_alone(yard.vehicle, IMMOBILISE, user=camille, reason=REASON, wishes=wishes)
    assert (action.state, Review.objects.get().action) == ("queued", action)
    with pytest.raises(NotAllowed):
        send_alone(yard.vehicle, IMMOBILISE, user=camille, reason="", wishes=wishes)
    assert RemoteAction.objects.count() == 1, "nothing is left of it"
    lock = Remote(REMOTE_TYPES["Locking"], {"state": "Locked"})
    assert send_alone(yard.vehicle, lock, user=camille, reason=REASON, wishes=wishes).state == "queued"
    assert Review.objects.count() == 1, "what needs no second person breaks no glass"


def test_the_database_itself_lets_nobody_close_their_own(asked: RemoteAction, camille: User) -> None:
    review = break_glass(asked, camille, REASON)
    with pytest.raises(IntegrityError, match="review_closed_by_another"), transaction.atomic():
        Review.objects.filter(pk=review.pk).update(closed_by=camille)
