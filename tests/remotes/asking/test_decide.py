"""A person decides about an action whose outcome nobody knows; the truth corrects even that."""

from datetime import timedelta

import pytest
from django.utils import timezone

from fleets.models import AuditEntry
from remotes.asking.decide import decide
from remotes.checks.approvals import NotAllowed
from remotes.sending.reconcile import reconcile
from tests.remotes.conftest import Notify, Yard, event
from tests.world import make_person


@pytest.mark.parametrize(
    ("happened", "end"), [(True, ("Success", None)), (False, ("Failed", "GeneralError"))], ids=["it was", "it was not"]
)
def test_what_the_person_has_seen_ends_it(yard: Yard, happened: bool, end: tuple[str, str | None]) -> None:
    action = yard.action(None, state="unknown")
    decide(action, make_person("camille", yard.fleet), happened=happened, reason="I stand beside it.")
    action.refresh_from_db()
    assert (action.state, action.status, action.failure_cause) == ("done", *end)
    assert "camille says" in action.detail
    assert AuditEntry.objects.filter(kind="operated", reason="I stand beside it.").exists()


def test_upstream_corrects_the_person(yard: Yard, notify: Notify) -> None:
    action = yard.action("a1", state="unknown")
    decide(action, make_person("camille", yard.fleet), happened=False, reason="")
    notify(event("Success", done=True))
    action.refresh_from_db()
    assert (action.status, action.failure_cause) == ("Success", None)


def test_what_is_known_needs_no_decision(yard: Yard) -> None:
    with pytest.raises(NotAllowed, match="known by now"):
        decide(yard.action("a1"), make_person("camille", yard.fleet), happened=True, reason="")


def test_a_viewer_decides_nothing(yard: Yard) -> None:
    action = yard.action(None, state="unknown")
    with pytest.raises(NotAllowed, match="Only those who may send it"):
        decide(action, make_person("viktor", yard.fleet, role="viewer"), happened=True, reason="")


def test_after_three_days_without_an_answer_it_is_said_plainly(yard: Yard) -> None:
    long_ago = timezone.now() - timedelta(days=3, minutes=1)
    action = yard.action(None, state="unknown", sent_at=long_ago, due_at=long_ago, upstream_callback_id="c1")
    reconcile(action.pk)
    action.refresh_from_db()
    assert (action.state, action.status, action.failure_cause) == ("done", "Failed", "GeneralError")
    assert action.detail == "For three days nobody could tell whether it was carried out. Check the vehicle."
