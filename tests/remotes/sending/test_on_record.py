"""What is looked at while a request is on its way: the audit has it already, and a stop of this moment still holds.

Really committed, since it is the cloud's side that looks.
"""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from fleets.models import AuditEntry
from remotes.asking import kill_switch
from remotes.models import RemoteAction
from remotes.tasks import dispatch
from tests.remotes.cloud import Cloud
from tests.remotes.conftest import Yard
from tests.world import make_person

pytestmark = pytest.mark.django_db(transaction=True)


def look_when(cloud: Cloud, path_ends: str, look: Callable[[], Any]) -> list[Any]:
    """Have `look` called when the cloud gets a POST there, before it answers; gives what it found."""
    found: list[Any] = []
    answer = cloud.answer

    def looking(method: str, path: str, body: dict[str, Any] | None) -> Any:
        if method == "POST" and path.endswith(path_ends):
            try:
                found.append(look())
            finally:
                connection.close()
        return answer(method, path, body)

    cloud.answer = looking  # type: ignore[method-assign]
    return found


@pytest.mark.parametrize("registered", [False, True], ids=["the first of a gateway", "a later one"])
def test_a_request_is_on_record_before_it_is_sent(yard: Yard, cloud: Cloud, registered: bool) -> None:
    if registered:
        first = yard.action(None, remote_type="Horn", payload={"state": "Activated"})
        dispatch(yard.vehicle.pk)
        RemoteAction.objects.filter(pk=first.pk).delete()
    action = yard.action(None)
    seen = look_when(
        cloud, "/remotes", lambda: list(AuditEntry.objects.filter(subject=action.public_id).order_by("pk"))
    )
    dispatch(yard.vehicle.pk)
    (entries,) = seen
    assert [entry.kind for entry in entries] == ["checked", "sent"]
    assert entries[-1].document["request"].startswith(f"POST {cloud.base_url}/fleets/f1/vehicles/v1/callbacks/")
    assert json.loads(bytes(entries[-1].body)) == cloud.posted[-1]
    kinds = AuditEntry.objects.filter(subject=action.public_id).order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["checked", "sent", "answered"]


def test_a_stop_holds_though_the_action_was_chosen_before(
    yard: Yard, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is made while our callback is registered, which comes between the choice and the sending."""
    # As on a machine where that takes its time.
    monkeypatch.setattr("remotes.sending.last_look.FRESH", 0)
    camille = make_person("camille", yard.fleet)
    action = yard.action(None)
    stopped = look_when(cloud, "/callbacks", lambda: kill_switch.stop(yard.fleet, camille, "Strange commands."))
    dispatch(yard.vehicle.pk)
    action.refresh_from_db()
    assert len(stopped) == 1
    assert cloud.posted == []
    assert (action.state, action.detail) == ("queued", "Sending is stopped: Strange commands.")
    kill_switch.lift(stopped[0], camille, cancel_waiting=False)
    RemoteAction.objects.update(not_before=None)
    dispatch(yard.vehicle.pk)
    assert len(cloud.posted) == 1
