"""API clients on pages: made, changed, handed on and ended by who may, and nobody gives more than they have."""

import base64
import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from fleets.models import ApiClient, AuditEntry, Membership
from fleets.programs.people import is_ownerless, touched_by
from tests.console.conftest import LogIn, World
from tests.tls.authority import new_authority
from tests.world import make_person

FORM = {
    "name": "Booking",
    "every_type": "on",
    "day_limit": "1000",
    "burst_limit": "5",
    "secret_name": "a",
    "days": "90",
}


def make(browser: Client, world: World, **values: Any) -> tuple[ApiClient, str]:
    """A client made on the page, and the password that it shows."""
    answer = browser.post(f"/fleets/{world.lyon.public_id}/clients/new", {**FORM, "fleets": [world.lyon.pk], **values})
    assert answer.status_code == 200, errors(answer)
    return ApiClient.objects.latest("pk"), shown(answer)


def shown(answer: Any) -> str:
    """The password that the page shows."""
    found = re.search(r'id="secret">([^<]+)<', answer.content.decode())
    assert found is not None
    return found[1]


def errors(answer: Any) -> dict[str, Any]:
    assert answer.context is not None
    return dict(answer.context["form"].errors)


def fleets_status(client: ApiClient, password: str) -> int:
    """What v3 answers to the client."""
    basic = base64.b64encode(f"{client.username}:{password}".encode()).decode()
    path = f"/connectedcar/v3/fleets?client_id={client.client_id}"
    return Client().get(path, headers={"Authorization": f"Basic {basic}"}).status_code


def url(client: ApiClient, part: str = "") -> str:
    return f"/clients/{client.public_id}{part}"


@pytest.fixture
def ana(world: World) -> User:
    return make_person("ana", world.lyon)


@pytest.fixture
def anas(ana: User, log_in: LogIn) -> Client:
    return log_in(ana)


@pytest.fixture
def roots(log_in: LogIn, db: None) -> Client:
    return log_in(make_person("root", is_superuser=True))


def test_a_manager_makes_a_client_owns_it_and_is_shown_its_password_once(world: World, camille: Client):
    client, password = make(camille, world)
    assert (client.owner, client.known_to) == (world.camille, [world.camille.pk])
    assert list(client.fleets.all()) == [world.lyon]
    assert (client.remote_types, client.sees_positions, client.day_limit) == ([], False, 1000)
    secret = client.secrets.get()
    assert (secret.name, secret.made_by) == ("a", world.camille)
    assert secret.ends_at is not None
    assert timedelta(days=89) < secret.ends_at - timezone.now() < timedelta(days=91)
    assert fleets_status(client, password) == 200
    page = camille.get(url(client)).content.decode()
    assert password not in page
    assert "Booking" in page
    listed = camille.get(f"/fleets/{world.lyon.public_id}/clients").content.decode()
    assert url(client) in listed
    session = dict(camille.session.items())
    assert password not in str(session)
    assert password not in str(list(AuditEntry.objects.values_list("document", flat=True)))


def test_a_second_password_takes_over_and_the_first_is_ended_at_once(world: World, camille: Client, anas: Client):
    client, first = make(camille, world)
    second = shown(anas.post(url(client, "/passwords/new"), {"secret_name": "b", "days": ""}))
    assert client.secrets.get(name="b").ends_at is None
    assert [fleets_status(client, password) for password in (first, second)] == [200, 200]
    end = url(client, f"/passwords/{client.secrets.get(name='a').pk}/end")
    assert "It was last used" in camille.get(end).content.decode()
    assert camille.post(end).status_code == 303
    assert [fleets_status(client, password) for password in (first, second)] == [401, 200]
    assert camille.post(end).status_code == 404
    # Both may know one.
    client.refresh_from_db()
    assert touched_by(client) == {world.camille.pk, User.objects.get(username="ana").pk}
    told = AuditEntry.objects.filter(document__of="API client's password").order_by("pk")
    assert [entry.document["what"] for entry in told] == ["created", "created", "ended"]
    last = client.secrets.get(name="b").pk
    assert "the only one that is good" in camille.get(url(client, f"/passwords/{last}/end")).content.decode()


def test_a_client_that_is_ended_gets_in_no_more_until_it_resumes(world: World, camille: Client):
    client, password = make(camille, world)
    camille.get(url(client, "/end"))
    assert fleets_status(client, password) == 200
    camille.post(url(client, "/end"))
    assert fleets_status(client, password) == 401
    camille.post(url(client, "/resume"))
    assert fleets_status(client, password) == 200


@pytest.mark.parametrize("role", ["operator", "narrowed", "ended"])
def test_who_may_not_change_clients_sees_and_changes_none(world: World, camille: Client, log_in: LogIn, role: str):
    client, _ = make(camille, world)
    limits: dict[str, Any] = {"narrowed": {"narrowed": True}, "ended": {"ends_at": timezone.now()}}
    person = make_person(role, world.lyon, role="manager" if role in limits else role)
    Membership.objects.filter(user=person).update(**limits.get(role, {}))
    browser, fleet = log_in(person), f"/fleets/{world.lyon.public_id}/clients"
    assert browser.get(fleet).status_code == (404 if role == "ended" else 403)
    assert browser.post(f"{fleet}/new", {**FORM, "fleets": [world.lyon.pk]}).status_code in (403, 404)
    secret = client.secrets.get().pk
    for part in ("", "/edit", "/owner", "/end", "/resume", "/passwords/new", f"/passwords/{secret}/end"):
        answer = browser.post(url(client, part), FORM) if part else browser.get(url(client))
        assert answer.status_code == 404, part
    assert browser.get("/clients").status_code == 404
    assert ApiClient.objects.count() == client.secrets.count() == 1
    assert client.secrets.get().ended_at is None


def test_of_a_client_of_other_fleets_too_a_manager_sees_little_and_changes_nothing(
    world: World, camille: Client, roots: Client
):
    client, password = make(roots, world, fleets=[world.lyon.pk, world.paris.pk])
    page = camille.get(url(client)).content.decode()
    assert "1 other fleet" in page
    assert "Paris" not in page
    assert "may know a password" not in page
    for part in ("/edit", "/owner", "/end", "/resume", "/passwords/new", f"/passwords/{client.secrets.get().pk}/end"):
        assert camille.post(url(client, part), FORM).status_code == 403, part
    assert fleets_status(client, password) == 200
    assert client.secrets.count() == 1


def test_a_fleet_that_is_not_theirs_is_not_given(world: World, camille: Client):
    client, _ = make(camille, world)
    given = {**FORM, "fleets": [world.lyon.pk, world.paris.pk]}
    assert "fleets" in errors(camille.post(url(client, "/edit"), given))
    assert "fleets" in errors(camille.post(f"/fleets/{world.lyon.public_id}/clients/new", given))
    # Nor is a client left without any, which nobody but admins would see.
    assert "fleets" in errors(camille.post(url(client, "/edit"), FORM))
    assert list(client.fleets.all()) == [world.lyon]


def test_nobody_gives_what_they_may_not_do_themselves(world: World, camille: Client, ana: User, anas: Client):
    """Neither when a client is made or changed, nor by a password of one that may more."""
    Membership.objects.filter(user=ana).update(remote_types=["Horn", "Lights"], positions="no")
    new, few = f"/fleets/{world.lyon.public_id}/clients/new", {**FORM, "every_type": "", "fleets": [world.lyon.pk]}
    assert set(errors(anas.post(new, {**few, "every_type": "on"}))) == {"every_type"}
    assert set(errors(anas.post(new, {**few, "remote_types": ["Horn", "Immobilization"]}))) == {"remote_types"}
    assert set(errors(anas.post(new, {**few, "remote_types": ["Horn"], "sees_positions": "on"}))) == {"sees_positions"}
    assert set(errors(anas.post(new, few))) == {"remote_types"}
    assert not ApiClient.objects.exists()
    own, _ = make(anas, world, name="Horns", every_type="", remote_types=["Horn"])
    assert own.remote_types == ["Horn"]
    wide, _ = make(camille, world)
    assert anas.post(url(wide, "/passwords/new"), FORM).status_code == 403
    assert wide.secrets.count() == 1
    # What it has may stay as it is.
    assert anas.post(url(wide, "/edit"), {**FORM, "fleets": [world.lyon.pk], "name": "Renamed"}).status_code == 303


def test_a_password_does_not_outlive_the_rights_of_whoever_makes_it(world: World, ana: User, anas: Client):
    until = timezone.now() + timedelta(hours=2)
    Membership.objects.filter(user=ana).update(ends_at=until)
    client, _ = make(anas, world, days="")
    assert client.secrets.get().ends_at == until
    anas.post(url(client, "/passwords/new"), {"days": "365"})
    assert set(client.secrets.values_list("ends_at", flat=True)) == {until}


def test_a_client_is_handed_on_by_its_owner_who_still_may_know_its_password(
    world: World, camille: Client, ana: User, anas: Client, roots: Client
):
    client, _ = make(camille, world)
    assert anas.post(url(client, "/owner"), {"owner": ana.pk}).status_code == 403
    # Nobody becomes the owner who may not change it.
    assert "owner" in errors(camille.post(url(client, "/owner"), {"owner": world.viktor.pk}))
    assert camille.post(url(client, "/owner"), {"owner": ana.pk}).status_code == 303
    client.refresh_from_db()
    assert client.owner == ana
    assert touched_by(client) == {world.camille.pk, ana.pk}
    assert camille.post(url(client, "/owner"), {"owner": world.camille.pk}).status_code == 403
    Membership.objects.filter(user=ana).delete()
    assert is_ownerless(client)
    assert "Nobody answers for it" in camille.get(url(client)).content.decode()
    assert camille.post(url(client, "/owner"), {"owner": world.camille.pk}).status_code == 303
    assert not is_ownerless(client)
    roots.post(url(client, "/owner"), {"owner": User.objects.get(username="root").pk})
    client.refresh_from_db()
    assert set(client.known_to) == {world.camille.pk, ana.pk, client.owner_id}


def test_who_has_left_and_may_know_a_password_is_told_of(world: World, camille: Client, ana: User, anas: Client):
    client, _ = make(camille, world)
    anas.post(url(client, "/passwords/new"), {**FORM, "secret_name": "b"})
    Membership.objects.filter(user=ana).delete()
    assert "Its maker has left" in camille.get(url(client)).content.decode()
    listed = camille.get(f"/fleets/{world.lyon.public_id}/clients").content.decode()
    assert "Somebody who made a password has left." in listed
    overview = camille.get(f"/fleets/{world.lyon.public_id}/overview").content.decode()
    assert "API client has nobody who answers for it" in overview
    Membership.objects.create(user=ana, fleet=world.lyon, role="manager", remote_types=["Horn"])
    assert "Its maker may do less" in camille.get(url(client)).content.decode()
    camille.post(url(client, f"/passwords/{client.secrets.get(made_by=ana).pk}/end"))
    assert "Its maker" not in camille.get(url(client)).content.decode()
    assert "answers for it" not in camille.get(f"/fleets/{world.lyon.public_id}/overview").content.decode()


def test_a_certificate_is_bound_only_where_we_are_told_of_any(world: World, camille: Client, settings: Any):
    pem = new_authority("Root").client(until=9).pem
    client, password = make(camille, world)
    given = {**FORM, "fleets": [world.lyon.pk], "certificate": pem}
    assert "CLIENT_CERTIFICATE_HEADER" in errors(camille.post(url(client, "/edit"), given))["certificate"][0]
    settings.CLIENT_CERTIFICATE_HEADER = "Client-Cert"
    assert "certificate" in errors(camille.post(url(client, "/edit"), {**given, "certificate": "a" * 40}))
    assert camille.post(url(client, "/edit"), given).status_code == 303
    client.refresh_from_db()
    assert re.fullmatch("[0-9a-f]{64}", client.certificate_fingerprint)
    assert fleets_status(client, password) == 401
    settings.CLIENT_CERTIFICATE_HEADER = ""
    assert "it does not get in" in camille.get(url(client)).content.decode()
    # What is bound stays so whatever else is changed.
    kept = {**given, "certificate": client.certificate_fingerprint, "name": "Bound"}
    assert camille.post(url(client, "/edit"), kept).status_code == 303


def test_a_client_has_so_many_passwords_and_no_more(world: World, camille: Client, monkeypatch: pytest.MonkeyPatch):
    client, _ = make(camille, world)
    monkeypatch.setattr("console.clients.views_acts.MOST_PASSWORDS", 2)
    camille.post(url(client, "/passwords/new"), {"days": ""})
    answer = camille.post(url(client, "/passwords/new"), {"days": ""})
    assert answer.status_code == 422
    assert "End one of them first" in answer.content.decode()
    assert client.secrets.count() == 2


def test_a_page_with_a_new_password_that_is_loaded_again_makes_no_other(world: World, camille: Client):
    client, _ = make(camille, world)
    again = camille.post(f"/fleets/{world.lyon.public_id}/clients/new", {**FORM, "fleets": [world.lyon.pk]})
    assert (again.status_code, "name" in errors(again)) == (422, True)
    assert list(ApiClient.objects.all()) == [client]
    shown(camille.post(url(client, "/passwords/new"), {"secret_name": "b", "days": ""}))
    again = camille.post(url(client, "/passwords/new"), {"secret_name": "B", "days": ""})
    assert (again.status_code, "secret_name" in errors(again)) == (422, True)
    assert client.secrets.count() == 2
    # A name is free again once its password is ended.
    client.secrets.filter(name="b").update(ended_at=timezone.now())
    shown(camille.post(url(client, "/passwords/new"), {"secret_name": "b", "days": ""}))


def test_a_fleet_has_so_many_clients_and_no_more(world: World, camille: Client, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("console.clients.views_acts.MOST_CLIENTS", 1)
    make(camille, world)
    given = {**FORM, "fleets": [world.lyon.pk]}
    assert "fleets" in errors(camille.post(f"/fleets/{world.lyon.public_id}/clients/new", given))
    assert ApiClient.objects.count() == 1


def test_a_client_of_another_fleet_gets_no_place_in_a_full_one(
    world: World, roots: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("console.clients.views_acts.MOST_CLIENTS", 1)
    here, _ = make(roots, world)
    other, _ = make(roots, world, name="Other", fleets=[])
    given = {**FORM, "name": "Other", "fleets": [world.lyon.pk]}
    assert "fleets" in errors(roots.post(url(other, "/edit"), given))
    assert not other.fleets.exists()
    assert roots.post(url(here, "/edit"), {**given, "name": "Here"}).status_code == 303, "it is there already"


def test_an_admin_sees_all_and_makes_one_that_uses_no_fleet(world: World, roots: Client, camille: Client):
    client, _ = make(roots, world, fleets=[])
    assert url(client) in roots.get("/clients").content.decode()
    assert camille.get(url(client)).status_code == 404


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_takes_as_many_statements_for_many_as_for_one(
    world: World, camille: Client, number: int, django_assert_max_num_queries: Any
):
    for place in range(number):
        make(camille, world, name=f"Service {place}")
    with django_assert_max_num_queries(16):
        camille.get(f"/fleets/{world.lyon.public_id}/clients")
