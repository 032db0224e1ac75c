"""What needs a second person needs a reason in v1 too, unless the service is trusted."""

from fleets.programs import trust
from remotes.models import RemoteAction
from tests.api.conftest import World

from .conftest import V1Caller

IMMOBILISE = {"immobilization": {"activate": True}}


def test_the_same_in_v1(ours: World, us: V1Caller, channel_id: str) -> None:
    url = f"/accounts/vehicles/{ours.vehicle.public_id}/channels/{channel_id}/remotes"
    answer = us.post(url, {"action": IMMOBILISE})
    assert (answer.status_code, answer.json()["name"]) == (400, "BAD_REQUEST")
    assert "X-Reason: is required for this" in answer.json()["message"]
    us.headers = {"X-Reason": "Not returned."}
    assert us.post(url, {"action": IMMOBILISE}).status_code == 202
    assert RemoteAction.objects.get().state == "waiting-approval"
    trust.set_up(ours.caller.row, ours.fleet, ["Immobilization"])
    us.headers = {}
    assert us.post(url, {"action": IMMOBILISE}).status_code == 202
    assert RemoteAction.objects.latest("pk").state == "queued"
