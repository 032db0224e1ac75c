"""Camille asks, Diane decides, Viktor looks on; the van is Lyon's."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from protocol.canonical import Remote
from protocol.catalogue import REMOTE_TYPES
from remotes.asking.ask import request_action
from remotes.models import RemoteAction
from tests.console.conftest import LogIn, World
from tests.world import make_person

IMMOBILISE = Remote(REMOTE_TYPES["Immobilization"], {"activate": True})


@pytest.fixture
def diane_herself(world: World) -> User:
    return make_person("diane", world.lyon, first_name="Diane", last_name="Arnaud", email="diane@example.com")


@pytest.fixture
def diane(diane_herself: User, log_in: LogIn) -> Client:
    return log_in(diane_herself)


@pytest.fixture
def asked(world: World) -> RemoteAction:
    """By Camille, without a word of why."""
    return request_action(world.van, IMMOBILISE, user=world.camille)


def text_of(client: Client, url: str) -> str:
    """What the page says, in one line."""
    response = client.get(url)
    assert response.status_code == 200, response.status_code
    return " ".join(response.content.decode().split())
