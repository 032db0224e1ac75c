"""Two requests at the same moment."""

import pytest

from remotes.models import RemoteAction
from tests.workers import HoldUp, Worker

from .conftest import World


@pytest.mark.django_db(transaction=True)
def test_a_repeat_that_comes_before_the_first_is_answered_gives_the_same_action(
    ours: World, callback_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = f"/fleets/{ours.fleet.public_id}/vehicles/{ours.vehicle.public_id}/callbacks/{callback_id}/remotes"
    ours.caller.headers = {"Idempotency-Key": "k1"}

    def post() -> tuple[int, str]:
        answer = ours.caller.post(path, {"door": {"state": "Locked"}})
        return answer.status_code, answer.json().get("remoteActionId")

    hold_up = HoldUp(monkeypatch, "api.rest.asking.request_action")
    first = Worker(post)
    hold_up.until_reached()
    second = Worker(post).result()
    hold_up.let_go()
    assert first.result() == second == (202, RemoteAction.objects.get().public_id)
