"""A person decides about an action whose outcome nobody knows; the truth corrects even that."""

import pytest

from fleets.models import AuditEntry
from remotes.approvals import NotAllowed
from remotes.decisions import decide
from tests.world import make_person

from .conftest import Notify, Yard, event


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
    with pytest.raises(NotAllowed, match="Only managers"):
        decide(action, make_person("viktor", yard.fleet, role="viewer"), happened=True, reason="")
