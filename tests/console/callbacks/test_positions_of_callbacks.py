"""Whoever may not see where vehicles are does not have that sent to an address of their own."""

import pytest
from django.test import Client

from callbacks.models import Callback
from fleets.models import ApiClient, Membership
from tests.callbacks.outbox_world import make_callback
from tests.console.conftest import World
from tests.world import make_person

from .test_callback_changes import text_of, url_of
from .test_callback_form import FILLED as FORM


@pytest.fixture
def blind(world: World) -> Client:
    """A manager who may not see positions."""
    person = make_person("blind", world.lyon, role="manager")
    Membership.objects.filter(user=person).update(positions="no")
    http = Client()
    http.force_login(person)
    return http


def service(world: World, *, sees: bool) -> ApiClient:
    made = ApiClient.objects.create(client_id=f"sees-{sees}", name=f"sees {sees}", username="x", sees_positions=sees)
    made.fleets.add(world.lyon)
    return made


def test_a_new_one_is_for_a_service_that_is_not_told(world: World, blind: Client) -> None:
    url = f"/fleets/{world.lyon.public_id}/callbacks/new"
    not_told, told = service(world, sees=False), service(world, sees=True)
    for client in ("", told.pk):
        page = blind.post(url, FORM | {"client": client})
        assert page.status_code == 422
        assert "which you may not see" in page.content.decode()
    assert not Callback.objects.exists()
    assert blind.post(url, FORM | {"client": not_told.pk}).status_code == 303


@pytest.mark.parametrize("of_service", [True, False])
def test_one_that_is_told_stays_where_it_is(world: World, blind: Client, *, of_service: bool) -> None:
    callback = make_callback(world.lyon, label="Booking")
    callback.created_by = service(world, sees=True) if of_service else None
    callback.save()
    target, not_told = callback.target, service(world, sees=False)
    answer = blind.post(url_of(callback, "/edit"), FORM | {"target": "https://mine.example/", "client": not_told.pk})
    assert answer.status_code == 403
    assert url_of(callback, "/edit") not in text_of(blind, url_of(callback))
    callback.refresh_from_db()
    assert callback.target == target


def test_one_that_is_not_told_is_theirs_to_change(world: World, blind: Client) -> None:
    callback = make_callback(world.lyon, label="Booking")
    callback.created_by = service(world, sees=False)
    callback.save()
    assert url_of(callback, "/edit") in text_of(blind, url_of(callback))
    keep = FORM | {"client": callback.created_by.pk}
    assert blind.post(url_of(callback, "/edit"), keep).status_code == 303
    told = service(world, sees=True)
    assert blind.post(url_of(callback, "/edit"), FORM | {"client": told.pk}).status_code == 422
