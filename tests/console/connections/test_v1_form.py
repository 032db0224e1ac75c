"""The form for an account of Connected Car v1: a token URL, perhaps a secret and scopes, no user name."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from connections.models import Connection
from fleets.models import Gateway
from tests.tls.authority import new_authority
from tests.world import make_person

pytestmark = pytest.mark.django_db

ACCOUNT = {
    "dialect": "v1",
    "base_url": "https://api.example.com/connectedcar/v1",
    "client_id": "partner",
    "token_url": "https://id.example.com/as/token.oauth2",
    "scopes": "channel channel:write",
}
SECRET = {"client_secret": "secret of v1"}


@pytest.fixture
def admin() -> Client:
    http = Client()
    http.force_login(make_person("root", is_staff=True, is_superuser=True))
    return http


@pytest.fixture
def url() -> str:
    """Of the form of an account that is connected."""
    gateway = Gateway.objects.create(name="Connected", **ACCOUNT, **SECRET)
    connection = Connection.objects.create(
        name="Connected", gateway=gateway, is_draft=False, dialect="v1", base_url=gateway.base_url
    )
    return reverse("edit-connection", args=[connection.public_id])


def test_what_is_entered_is_kept(admin: Client) -> None:
    form = admin.get(reverse("new-connection")).text
    assert all(f'name="{name}"' in form for name in (*ACCOUNT, "client_secret"))

    given = ACCOUNT | SECRET | {"name": "Connected", "username": "anna", "scopes": "  channel\n channel:write channel "}
    assert admin.post(reverse("new-connection"), given).status_code == 303

    connection = Connection.objects.get()
    assert {name: getattr(connection, name) for name in ACCOUNT} == ACCOUNT
    # A user name is nothing that this API takes.
    assert (connection.client_secret, connection.username) == ("secret of v1", "")
    form = admin.get(reverse("edit-connection", args=[connection.public_id])).text
    assert "secret of v1" not in form
    assert ACCOUNT["token_url"] in form


@pytest.mark.parametrize(
    ("token_url", "words"),
    [
        ("", "Enter the token URL"),
        ("http://id.example.com/as/token.oauth2", "must begin with https://"),
        ("https://169.254.169.254/as/token.oauth2", "reserved for the network"),
        ("https://anna:word@id.example.com/as/token.oauth2", "no user name and no password"),
    ],
)
def test_a_token_url_that_can_not_be_used(admin: Client, token_url: str, words: str) -> None:
    answer = admin.post(reverse("new-connection"), ACCOUNT | {"name": "Connected", "token_url": token_url})
    assert answer.status_code == 422
    assert words in answer.text
    assert not Connection.objects.exists()


@pytest.mark.parametrize(
    "more",
    [
        {"token_url": "https://elsewhere.example.com/as/token.oauth2"},
        {"base_url": "https://elsewhere.example.com/connectedcar/v1"},
        {"proxy": "http://listener.example.com:3128"},
        {"ca_bundle": new_authority("Other").root_pem},
    ],
    ids=lambda more: next(iter(more)),
)
def test_the_secret_goes_no_other_way_unless_it_is_entered_again(admin: Client, url: str, more: dict[str, str]) -> None:
    def given() -> dict[str, Any]:
        files = {name: SimpleUploadedFile("ca.pem", text.encode()) for name, text in more.items() if "CERTIF" in text}
        return ACCOUNT | more | files

    answer = admin.post(url, given())

    assert answer.status_code == 422
    assert "Enter the client secret again" in answer.text
    assert admin.post(url, given() | {"client_secret": "another"}).status_code == 303
    assert (Connection.objects.get().client_secret, Gateway.objects.get().client_secret) == ("another", "secret of v1")


def test_the_secret_can_be_done_without(admin: Client, url: str) -> None:
    assert admin.post(url, ACCOUNT | {"no_client_secret": "on"}).status_code == 303
    connection = Connection.objects.get()
    assert (connection.is_draft, connection.client_secret) == (True, "")


def test_an_account_that_changes_to_the_other_api_leaves_nothing_behind(admin: Client, url: str) -> None:
    given = {"dialect": "v3", "base_url": "https://api.example.com/v3", "client_id": "x", "username": "anna"}
    assert admin.post(url, given | {"password": "word", "token_url": "https://id.example.com/t"}).status_code == 303
    connection = Connection.objects.get()
    assert (connection.username, connection.password) == ("anna", "word")
    assert (connection.token_url, connection.client_secret, connection.scopes) == ("", "", "")


def test_admin_keeps_the_same_rules(admin: Client, url: str) -> None:
    change = reverse("admin:fleets_gateway_change", args=[Gateway.objects.get().pk])
    kept = ACCOUNT | {"name": "Connected"}
    for wrong, words in (
        ({"token_url": "https://elsewhere.example.com/t"}, "Enter the client secret again"),
        ({"token_url": "http://id.example.com/t"}, "must begin with https://"),
        ({"token_url": ""}, "enter where they are asked for"),
    ):
        assert words in admin.post(change, kept | wrong).text
    assert admin.post(change, kept | {"scopes": "remote"}).status_code == 302
    gateway = Gateway.objects.get()
    assert (gateway.client_secret, gateway.scopes) == ("secret of v1", "remote")
