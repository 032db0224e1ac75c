"""The provider of single sign-on, and settings that name it."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import override_settings

from tests.accounts.provider import CLIENT_ID, CLIENT_SECRET, Provider, running_provider
from tests.world import make_fleet, make_person


@pytest.fixture
def provider() -> Iterator[Provider]:
    """One that knows ada@example.com, to whom FleetRemote is known."""
    with running_provider(person={"sub": "ada-1", "email": "ada@example.com", "email_verified": True}) as provider:
        told: dict[str, Any] = {"OIDC_ISSUER": provider.issuer, "OIDC_NAME": "Example"}
        with override_settings(**told, OIDC_CLIENT_ID=CLIENT_ID, OIDC_CLIENT_SECRET=CLIENT_SECRET):
            yield provider


@pytest.fixture
def ada(db: None) -> User:
    return make_person("ada", make_fleet(), email="Ada@example.com")
