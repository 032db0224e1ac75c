"""A cloud, the gateway that leads to it, and the command that takes over what it lists."""

from collections.abc import Callable, Iterator
from io import StringIO

import pytest
from django.core.management import call_command

from fleets.models import Gateway

from .cloud import Cloud

Sync = Callable[[], str]


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    cloud = Cloud()
    yield cloud
    cloud.close()


@pytest.fixture
def gateway(db: None, cloud: Cloud) -> Gateway:
    return Gateway.objects.create(name="Stellantis", base_url=cloud.base_url, password="secret")


@pytest.fixture
def sync(gateway: Gateway) -> Sync:
    """Run `sync`; gives what it prints."""

    def run() -> str:
        out = StringIO()
        call_command("sync", stdout=out)
        return out.getvalue()

    return run
