"""The migration to channels, forward and back, on callbacks and batches that were there before."""

import pytest

from callbacks import channels
from callbacks.models import Batch, Callback, Channel
from tests.callbacks.outbox_world import make_batch, make_callback, make_channel
from tests.migrating import migrate
from tests.world import make_fleet

BEFORE, AFTER = [("callbacks", "0004_for_alerts")], [("callbacks", "0005_channels")]


@pytest.mark.drawn("migrations", 1, of="tests")
def test_callbacks_stay_and_members_of_channels_end_on_the_way_back(at_the_end: None) -> None:
    fleet = make_fleet()
    v3, channel = make_callback(fleet), make_channel(fleet)
    member = channels.member(channel, fleet)
    kept = [make_batch(v3).pk, make_batch(member).pk]
    secret = v3.secret
    old = migrate(BEFORE).get_model("callbacks", "Callback")
    assert old.objects.get(pk=v3.pk).deleted_at is None
    # What knows no channels would post v3 bodies to their subscribers.
    assert old.objects.get(pk=member.pk).deleted_at is not None
    made_meanwhile = old.objects.create(fleet_id=fleet.pk, name="old", target=v3.target, subscribe=v3.subscribe)
    migrate(AFTER)
    rows = Callback.objects.in_bulk()
    assert {row.dialect for row in rows.values() if row.deleted_at is None} == {"v3"}
    assert (rows[v3.pk].secret, rows[v3.pk].channel) == (secret, None)
    assert rows[made_meanwhile.pk].channel is None
    assert list(Batch.objects.order_by("pk").values_list("pk", flat=True)) == kept
    assert not Channel.objects.exists()
