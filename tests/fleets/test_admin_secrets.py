"""Secrets go into admin and never come out: whoever may view, or change, reads none of them."""

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from connections.models import Connection
from fleets.models import AccessToken, AuditHead, FormerCredentials, FormerSecrets, Gateway
from fleets.storage.encryption import EncryptedTextField
from tests.callbacks.outbox_world import make_channel
from tests.world import NOON, make_fleet, make_person

pytestmark = pytest.mark.django_db


def secret_fields(model: type[Model]) -> list[str]:
    return [field.name for field in model._meta.get_fields() if isinstance(field, EncryptedTextField)]


MODELS = [model for model in apps.get_models() if secret_fields(model)]


@pytest.fixture
def rows() -> list[Model]:
    """One row at least of each model that keeps secrets, with a canary in each secret."""
    fleet = make_fleet()
    upstream = fleet.upstream_fleets.get()
    FormerCredentials.objects.create(gateway=upstream.gateway, replaced_at=NOON)
    AccessToken.objects.create(gateway=upstream.gateway)
    FormerSecrets.objects.create(upstream_fleet=upstream, replaced_at=NOON)
    make_channel(fleet)
    AuditHead.objects.create(position=0, seal=bytes(32), sealed_at=NOON)
    Connection.objects.create(name="Draft", base_url="https://api.example.com/v3")
    found = []
    for model in MODELS:
        row = model._default_manager.get()
        for name in secret_fields(model):
            setattr(row, name, f"canary-{model.__name__}-{name}")
        row.save()
        found.append(row)
    return found


@pytest.mark.parametrize("right", ["view", "change"])
def test_admin_shows_no_secret(rows: list[Model], right: str) -> None:
    person = make_person("clerk", is_staff=True)
    person.user_permissions.set(Permission.objects.filter(codename__regex=f"^({right}|view)_"))
    http = Client()
    http.force_login(person)
    for row in rows:
        if type(row) not in admin.site._registry:
            continue
        name = f"admin:{row._meta.app_label}_{row._meta.model_name}"
        for url in (
            reverse(f"{name}_changelist"),
            reverse(f"{name}_change", args=[row.pk]),
            reverse(f"{name}_history", args=[row.pk]),
        ):
            answer = http.get(url)
            assert answer.status_code == 200, url
            assert "canary" not in answer.text, url


def test_a_gateway_can_still_be_changed_without_its_password(rows: list[Model]) -> None:
    http = Client()
    http.force_login(make_person("root", is_staff=True, is_superuser=True))
    gateway = Gateway.objects.get()
    url = reverse("admin:fleets_gateway_change", args=[gateway.pk])
    Gateway.objects.update(base_url="https://api.example.com/v3")
    form = {"name": "Renamed", "dialect": "v3", "base_url": "https://api.example.com/v4", "password": ""}

    for wrong, words in (
        ("https://elsewhere.example.com/v3", "Enter the password again"),
        ("http://api.example.com/v3", "must begin with https://"),
        ("https://169.254.169.254/v3", "reserved for the network"),
    ):
        assert words in http.post(url, form | {"base_url": wrong}).text
    assert http.post(url, form).status_code == 302

    gateway.refresh_from_db()
    assert (gateway.name, gateway.password) == ("Renamed", "canary-Gateway-password")
    assert gateway.private_key == "canary-Gateway-private_key"
