"""News of actions that nobody here has asked for."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from console.sending.orphans import PAGE_SIZE
from fleets.models import Fleet
from protocol import statuses
from remotes.life.lifecycle import Stage
from remotes.models import InboundRequest, RemoteEvent
from tests.console.conftest import World


def tell(fleet: Fleet, number: int = 1, **values: Any) -> RemoteEvent:
    """An event of an action that we don't know, notified to the fleet's webhook."""
    upstream, now = fleet.upstream_fleets.get(), timezone.now()
    request = InboundRequest.objects.create(
        upstream_fleet=upstream, received_at=now, body=b"{}", outcome="stored", event_count=1
    )
    given = {"vin": "", "remote_type": "Doors", "failure_cause": None, **values}
    return RemoteEvent.objects.create(
        gateway=upstream.gateway,
        inbound_request_id=request.pk,
        source=RemoteEvent.Source.WEBHOOK,
        upstream_action_id=f"{upstream.upstream_id}-stranger-{number:03}",
        type=statuses.DONE,
        status="Success",
        event_date=now,
        received_at=now,
        stage=Stage.DONE,
        effective_at=now,
        rank=0,
        **given,
    )


def text_of(client: Client, fleet: Fleet, query: str = "") -> str:
    return " ".join(client.get(f"/fleets/{fleet.public_id}/orphans{query}").content.decode().split())


def test_there_are_none(camille: Client, world: World):
    assert "All that the manufacturer's cloud has told belongs to actions" in text_of(camille, world.lyon)


def test_each_is_told_with_its_vehicle(camille: Client, viktor: Client, world: World):
    tell(world.lyon, 1, vin=world.van.vin)
    tell(world.lyon, 2, vin="VF3ABCDE0FG999999", remote_type="NewFangled")
    for client in (camille, viktor):
        page = text_of(client, world.lyon)
        assert f'href="{world.page_of(world.van)}">Van 1</a>' in page
        assert "Lock or unlock" in page
        assert "stranger-001" in page
        assert "VF3ABCDE0FG999999" in page
        assert "NewFangled" in page


def test_another_fleets_are_not_shown_though_the_gateway_is_the_same(camille: Client, world: World):
    ours, theirs = world.lyon.upstream_fleets.get(), world.paris.upstream_fleets.get()
    theirs.gateway = ours.gateway
    theirs.save()
    tell(world.paris)
    assert "stranger" not in text_of(camille, world.lyon)


@pytest.mark.parametrize("query", ["", "?before=x"])
def test_older_ones_are_a_page_further(camille: Client, world: World, query: str):
    events = [tell(world.lyon, number) for number in range(PAGE_SIZE + 3)]
    page = text_of(camille, world.lyon, query)
    assert page.count("stranger-") == PAGE_SIZE
    assert f"?before={events[3].pk}" in page
    page = text_of(camille, world.lyon, f"?before={events[3].pk}")
    assert page.count("stranger-") == 3
