"""What a service may send alone: one manager asks, another agrees, and it holds only for what they agreed on."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from fleets import proposals
from fleets.models import ApiClient, Membership, Proposal
from fleets.programs.trust import is_trusted
from tests.console.conftest import LogIn, World
from tests.world import make_person

from .test_clients import FORM, errors, make, url

ASK = {"types": ["Immobilization"], "reason": "The garage's alarm stops it by itself."}


@pytest.fixture
def ana(world: World) -> User:
    return make_person("ana", world.lyon)


@pytest.fixture
def asked(world: World, camille: Client) -> ApiClient:
    """Camille's client, with one password, for which she has asked."""
    client, _ = make(camille, world)
    assert camille.post(url(client, "/trust"), {**ASK, "fleet": world.lyon.pk}).status_code == 303
    return client


def trusted(client: ApiClient, world: World) -> list[bool]:
    """Whether it is with each of its passwords, the oldest first."""
    found = []
    for secret in client.secrets.order_by("pk"):
        row = ApiClient.objects.get(pk=client.pk)
        row.used_secret = secret
        found.append(is_trusted(row, world.lyon.pk, "Immobilization"))
    return found


def agree(person: User) -> None:
    proposals.approve(Proposal.objects.get(outcome="open"), person)


def test_it_holds_once_another_manager_agrees_who_knows_no_password(world: World, asked: ApiClient, ana: User):
    assert trusted(asked, world) == [False]
    with pytest.raises(proposals.NotAllowed):
        agree(world.camille)
    agree(ana)
    assert trusted(asked, world) == [True]


def test_what_it_would_send_is_said_in_the_readers_language(asked: ApiClient, ana: User, log_in: LogIn):
    page = log_in(ana).get("/approvals", headers={"Accept-Language": "fr"}).text
    assert "peut envoyer ceci sans seconde personne : Immobiliser." in page


def test_who_has_made_a_password_meanwhile_can_not_agree(
    world: World, camille: Client, asked: ApiClient, ana: User, log_in: LogIn
):
    log_in(ana).post(url(asked, "/passwords/new"), {"days": ""})
    with pytest.raises(proposals.NotAllowed):
        agree(ana)
    bob = make_person("bob", world.lyon)
    agree(bob)
    # Of Ana's password, which Bob may not have known of, nothing was agreed.
    assert trusted(asked, world) == [True, False]
    page = camille.get(url(asked)).content.decode()
    assert "camille" in page
    assert "agreed by bob" in page


@pytest.mark.parametrize("loss", ["owner left", "maker left", "certificate", "ended", "fleet", "taken back"])
def test_it_ends_with_what_was_agreed_on(
    world: World, camille: Client, asked: ApiClient, ana: User, log_in: LogIn, settings: Any, loss: str
):
    """One manager alone does not make something else of what two have agreed on."""
    settings.CLIENT_CERTIFICATE_HEADER = "Client-Cert"
    ApiClient.objects.update(certificate_fingerprint="a" * 64)
    agree(ana)
    kept = {**FORM, "fleets": [world.lyon.pk], "certificate": "a" * 64, "name": "Other"}
    assert camille.post(url(asked, "/edit"), kept).status_code == 303
    assert trusted(asked, world) == [True]
    if loss == "owner left":
        Membership.objects.filter(user=world.camille).update(ends_at=timezone.now())
    elif loss == "maker left":
        # Also where somebody else owns it by then, who knows no password.
        camille.post(url(asked, "/owner"), {"owner": ana.pk})
        assert trusted(asked, world) == [True]
        Membership.objects.filter(user=world.camille).delete()
    elif loss == "certificate":
        camille.post(url(asked, "/edit"), {**kept, "certificate": ""})
    elif loss == "ended":
        camille.post(url(asked, "/end"))
        camille.post(url(asked, "/resume"))
    elif loss == "fleet":
        root = log_in(make_person("root", is_superuser=True))
        root.post(url(asked, "/edit"), {**kept, "fleets": [world.paris.pk]})
        root.post(url(asked, "/edit"), {**kept, "fleets": [world.paris.pk, world.lyon.pk]})
    else:
        log_in(ana).post(url(asked, f"/trust/{asked.trusts.get().pk}/end"))
    assert trusted(asked, world) == [False]


def test_nobody_asks_for_what_they_may_not_send_or_without_a_reason(world: World, camille: Client, asked: ApiClient):
    Membership.objects.filter(user=world.camille).update(remote_types=["Horn", "Stolen"])
    given = {**ASK, "fleet": world.lyon.pk}
    assert set(errors(camille.post(url(asked, "/trust"), given))) == {"types"}
    assert set(errors(camille.post(url(asked, "/trust"), {**given, "types": ["Stolen"], "reason": "so"}))) == {"reason"}
    assert set(errors(camille.post(url(asked, "/trust"), {**given, "types": ["Horn"]}))) == {"types"}
    assert set(errors(camille.post(url(asked, "/trust"), {**given, "fleet": world.paris.pk}))) == {"fleet"}
    assert Proposal.objects.count() == 1


def test_a_client_that_sends_nothing_dangerous_needs_none(world: World, camille: Client):
    client, _ = make(camille, world, every_type="", remote_types=["Horn"])
    assert camille.get(url(client, "/trust")).status_code == 403
    assert "Ask for trust" not in camille.get(url(client)).content.decode()
