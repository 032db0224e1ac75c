"""Alert webhooks are the business of people: the API does not know them, and no remote action can name one."""

import pytest

from callbacks.models import Callback
from tests.api.conftest import World
from tests.callbacks.outbox_world import make_callback


@pytest.fixture
def webhook(ours: World) -> Callback:
    callback = make_callback(ours.fleet)
    Callback.objects.filter(pk=callback.pk).update(for_alerts=True)
    return callback


def test_they_are_not_listed_and_not_found(ours: World, webhook: Callback) -> None:
    plain = make_callback(ours.fleet)
    place = f"/fleets/{ours.fleet.public_id}/remote/callbacks"
    listed = ours.caller.get(place).json()
    assert [item["id"] for item in listed["_embedded"]["callbacks"]] == [plain.public_id]
    for method, part in (("GET", ""), ("DELETE", ""), ("GET", "/batches"), ("PUT", "/status")):
        answer = ours.caller.request(method, f"{place}/{webhook.public_id}{part}", {"status": "Paused"})
        assert answer.status_code == 404


def test_no_remote_action_can_name_one(ours: World, webhook: Callback) -> None:
    place = f"/fleets/{ours.fleet.public_id}/vehicles/{ours.vehicle.public_id}/callbacks/{webhook.public_id}/remotes"
    answer = ours.caller.post(place, {"label": "x", "door": {"state": "Locked"}})
    assert answer.status_code == 404
    assert not ours.vehicle.remote_actions.exists()
