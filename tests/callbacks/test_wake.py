"""Waking many callbacks leaves messages that several workers can share."""

import base64
import json

import pytest

from callbacks.models import Callback
from callbacks.wake import wake_delivery
from fleets.models import Fleet
from fleets.storage.redis import client
from tests.callbacks.outbox_world import make_callback

MANY = 12


@pytest.fixture(autouse=True)
def _nothing_waits() -> None:
    for name in client().keys("deliveries*"):
        client().delete(name)


def messages() -> list[list[int]]:
    """The callbacks' ids in each message that waits for a delivery worker."""
    waiting = [text for name in client().keys("deliveries*") for text in client().lrange(name, 0, -1)]
    bodies = [json.loads(base64.b64decode(json.loads(text)["body"])) for text in waiting]
    return [arguments[0] for arguments, *_ in bodies]


def make_many(fleet: Fleet) -> list[Callback]:
    return [make_callback(fleet) for _ in range(MANY)]


def test_several_workers_share_a_wake_of_many_callbacks(fleet: Fleet) -> None:
    ids = [callback.pk for callback in make_many(fleet)]
    wake_delivery(ids)
    waiting = messages()
    assert sorted(id for message in waiting for id in message) == ids
    assert len(waiting) > 2
    assert all(len(message) > 1 for message in waiting)


def test_a_second_wake_leaves_no_second_message(fleet: Fleet) -> None:
    ids = [callback.pk for callback in make_many(fleet)]
    wake_delivery(ids)
    before = messages()
    wake_delivery(ids)
    assert messages() == before
