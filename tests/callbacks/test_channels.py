"""Channels of v1: one registration for all fleets of a client, with a member callback in each."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from callbacks import channels
from callbacks.delivery.policy import Policy
from callbacks.models import Callback, Channel
from callbacks.status import fail, pause
from fleets.models import ApiClient, Fleet
from fleets.storage import clock
from protocol.errors import Invalid, NotOffered
from tests.world import make_action, make_fleet, make_vehicle

from .outbox_world import channel_body, is_woken, make_channel


@pytest.fixture
def lyon(db: None) -> Fleet:
    return make_fleet("Lyon")


@pytest.fixture
def paris(db: None) -> Fleet:
    return make_fleet("Paris")


def owner_of(channel: Channel) -> ApiClient:
    assert channel.created_by
    return channel.created_by


def statuses(channel: Channel) -> list[str]:
    return [each.status for each in channels.members_of(channel)]


def test_each_fleet_of_the_client_gets_a_member_with_the_published_retry(lyon: Fleet, paris: Fleet) -> None:
    channel = make_channel(lyon, paris, attributes=[{"type": "Header", "key": "X-Vin", "value": "$Vin"}])
    members = list(channels.members_of(channel))
    assert [(each.fleet, each.dialect, each.created_by) for each in members] == [
        (lyon, "v1", owner_of(channel)),
        (paris, "v1", owner_of(channel)),
    ]
    for each in members:
        assert (str(each), each.target, each.batch_size) == ("Booking", "https://example.com/hook", 0)
        assert each.shown_id == channel.public_id != each.public_id
        assert each.webhook["attributes"] == channel.subscribe["channel"]["webhook"]["attributes"]
        policy = Policy.of(each.subscribe)
        assert (policy.name, policy.delay.total_seconds()) == ("Always", 10)


def test_a_client_may_have_five_and_is_told_which(lyon: Fleet) -> None:
    channel = make_channel(lyon, label="first")
    client = owner_of(channel)
    for label in ("second", "third", "fourth", "fifth"):
        channels.create(client, [lyon], channel_body(label=label))
    with pytest.raises(channels.TooMany, match="“first”, “second”, “third”, “fourth”, “fifth”"):
        channels.create(client, [lyon], channel_body())
    channels.delete(channel)
    channels.create(client, [lyon], channel_body())
    assert channels.channels_of(client).count() == 5
    make_channel(lyon)


def test_what_can_not_be_registered_names_its_field(lyon: Fleet, settings) -> None:
    settings.CALLBACK_ALLOWED_NETWORKS = []
    with pytest.raises(Invalid) as refused:
        make_channel(lyon, target="https://10.1.2.3/hook")
    assert refused.value.path == "channel.webhook.target"
    client = ApiClient.objects.create(client_id="c", name="c", username="c")
    with pytest.raises(NotOffered) as other:
        channels.create(client, [lyon], {"channel": {"websocket": {"target": "wss://example.com"}}})
    assert other.value.path == "channel.websocket"
    assert not Channel.objects.exists()


def test_replacing_it_changes_all_members_but_never_its_kind(
    lyon: Fleet, paris: Fleet, django_capture_on_commit_callbacks
) -> None:
    channel = make_channel(lyon, paris)
    with django_capture_on_commit_callbacks(execute=True):
        channels.replace(channel, channel_body("https://example.com/new", label="Renamed"))
    channel.refresh_from_db()
    assert (str(channel), channel.webhook["target"]) == ("Renamed", "https://example.com/new")
    for each in channels.members_of(channel):
        assert (each.label, each.target) == ("Renamed", "https://example.com/new")
        assert is_woken(each)
    with pytest.raises(Invalid, match="kind of a channel can't be changed") as refused:
        channels.replace(channel, {"channel": {"pushnotif": {"devices": ["a"]}}})
    assert not isinstance(refused.value, NotOffered)


def test_its_status_is_that_of_all_members(lyon: Fleet, paris: Fleet) -> None:
    channel = make_channel(lyon, paris)
    first, second = channels.members_of(channel)
    assert channels.status_of(channel) == "Running"
    pause(first, "camille has paused it.")
    assert (channels.status_of(channel), channels.reason_of(channel)) == ("Paused", "camille has paused it.")
    fail(second, "5 notifications in a row did not arrive.")
    assert channels.status_of(channel) == "Failed"
    channels.set_status(channel, "Running")
    assert (statuses(channel), channels.reason_of(channel)) == (["Running", "Running"], "")
    channels.set_status(channel, "Paused", "Paused over the API by ERP.")
    assert statuses(channel) == ["Paused", "Paused"]


def test_without_fleets_it_keeps_what_its_client_has_asked_for(lyon: Fleet) -> None:
    channel = make_channel()
    assert channels.status_of(channel) == "Running"
    channel = channels.set_status(channel, "Paused", "why")
    assert channels.status_of(channel) == "Paused"
    assert channels.member(channel, lyon).status == "Paused"
    channels.set_status(channel, "Running")
    assert statuses(channel) == ["Running"]


def test_a_fleet_that_is_got_later_gets_its_member_as_it_stands_then(lyon: Fleet, paris: Fleet) -> None:
    channel = make_channel(lyon)
    channels.replace(channel, channel_body("https://example.com/new"))
    secret = channels.rotate_secret(channel)
    channels.set_status(channel, "Paused", "Paused over the API by ERP.")
    channel.refresh_from_db()
    late = channels.member(channel, paris)
    assert channels.member(channel, paris) == late
    assert (late.target, late.status) == ("https://example.com/new", "Paused")
    assert late.status_reason == "Paused over the API by ERP."
    assert late.signing_secrets(clock.now()) == [secret, channel.previous_secret]


def test_who_pauses_one_fleets_member_pauses_no_other(lyon: Fleet, paris: Fleet) -> None:
    channel = make_channel(lyon, paris)
    pause(channels.member(channel, lyon), "camille has paused it.")
    assert channels.member(channel, make_fleet("Nice")).status == "Running"


def test_a_fleet_that_is_lost_is_told_of_nothing_more(lyon: Fleet, paris: Fleet) -> None:
    channel, other = make_channel(lyon, paris), make_channel(lyon, paris)
    client = owner_of(channel)
    before = channels.member(channel, lyon)
    client.fleets.remove(lyon)
    before.refresh_from_db()
    assert before.deleted_at is not None
    assert [each.fleet for each in channels.members_of(channel)] == [paris]
    client.fleets.add(lyon)
    assert channels.member(channel, lyon) != before
    lyon.api_clients.remove(client)
    paris.api_clients.clear()
    assert not channels.members_of(channel).exists()
    assert [each.fleet for each in channels.members_of(other)] == [lyon]
    owner_of(other).fleets.clear()
    assert not channels.members_of(other).exists()


def test_channels_end_with_their_client(lyon: Fleet) -> None:
    channel, other = make_channel(lyon), make_channel(lyon)
    owner_of(channel).delete()
    assert not channels.members_of(channel).exists()
    channel.refresh_from_db()
    assert channel.deleted_at is not None
    assert channels.members_of(other).exists()


def test_a_pending_remote_under_one_member_keeps_it(lyon: Fleet, paris: Fleet) -> None:
    channel = make_channel(lyon, paris)
    action = make_action(make_vehicle(paris), callback=channels.member(channel, paris))
    with pytest.raises(channels.Pending):
        channels.delete(channel)
    assert len(channels.members_of(channel)) == 2
    action.set(state="done", finished_at=clock.now())
    channels.delete(channel)
    assert not Callback.objects.filter(deleted_at__isnull=True).exists()
    with pytest.raises(Channel.DoesNotExist):
        channels.member(channel, lyon)


def test_all_members_sign_with_one_secret(lyon: Fleet, paris: Fleet) -> None:
    channel = make_channel(lyon, paris)
    before = channel.secret
    new = channels.rotate_secret(channel)
    now = clock.now()
    assert new != before
    assert [each.signing_secrets(now) for each in channels.members_of(channel)] == [[new, before]] * 2


def test_two_requests_at_once_make_one_member(transactional_db: None) -> None:
    channel, fleet = make_channel(), make_fleet()

    def ask() -> int:
        try:
            return channels.member(channel, fleet).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        found = [ask.result() for ask in [pool.submit(ask) for _ in range(4)]]
    assert len(set(found)) == 1
    assert Callback.objects.count() == 1
