"""Members of v1's channels are no callbacks of v3, though they are rows of the same table and the same client."""

from callbacks import channels
from tests.api.conftest import World, ours  # noqa: F401
from tests.callbacks.outbox_world import channel_body, make_callback


def test_v3_neither_lists_nor_finds_nor_uses_them(ours: World) -> None:  # noqa: F811
    own = make_callback(ours.fleet)
    channel = channels.create(ours.caller.row, [ours.fleet], channel_body())
    member = channels.member(channel, ours.fleet)
    place = f"/fleets/{ours.fleet.public_id}/remote/callbacks"
    listed = ours.caller.get(place).json()["_embedded"]["callbacks"]
    assert [each["id"] for each in listed] == [own.public_id]
    for name in (member.public_id, channel.public_id):
        assert ours.caller.get(f"{place}/{name}").status_code == 404
        assert ours.caller.request("DELETE", f"{place}/{name}").status_code == 404
        vehicle = f"/fleets/{ours.fleet.public_id}/vehicles/{ours.vehicle.public_id}"
        sent = ours.caller.request("POST", f"{vehicle}/callbacks/{name}/remotes", {"horn": {"state": "Activated"}})
        assert sent.status_code == 404
    sent = ours.caller.request("POST", f"{vehicle}/callbacks/{own.public_id}/remotes", {"horn": {"state": "Activated"}})
    assert sent.status_code == 202
