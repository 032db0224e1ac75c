"""Two workers read a gateway at the same moment."""

import pytest

from fleets.models import Gateway, Vehicle
from fleets.sync.run import sync
from tests.workers import HoldUp, Worker

from .cloud import Cloud, listed


@pytest.mark.django_db(transaction=True)
def test_a_second_sync_leaves_all_to_the_first(gateway: Gateway, cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    cloud.fleets = {"f1": [listed(1)]}
    hold_up = HoldUp(monkeypatch, "fleets.sync.run.read")
    first = Worker(lambda: sync(gateway))
    hold_up.until_reached()
    second = sync(gateway)
    hold_up.let_go()
    assert (first.result().new, second.new) == (1, 0)
    assert list(map(str, second.problems)) == ["Another process is reading this gateway; nothing was done."]
    assert Vehicle.objects.count() == 1
