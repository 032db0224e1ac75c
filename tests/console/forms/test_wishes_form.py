"""How an action is to be sent, as the forms of comfort types ask it: within which time, and only when awake."""

from datetime import timedelta

import pytest
from django.test import Client

from fleets.storage import clock
from remotes.checks.approvals import approve
from remotes.models import FleetRules, RemoteAction
from tests.console.conftest import World
from tests.console.forms.given import form_url
from tests.world import make_person


def life_of(action: RemoteAction) -> timedelta:
    return timedelta(seconds=round((action.expires_at - action.created_at).total_seconds()))


def test_it_waits_for_the_vehicles_waking_as_long_as_was_wished(camille: Client, world: World):
    given = {"way": "start", "within": "480", "when_awake": "on"}
    assert camille.post(form_url(world.van, "Preconditioning"), given).status_code == 303
    action = world.van.remote_actions.get()
    assert (action.when_awake, action.origin, life_of(action)) == (True, "page", timedelta(hours=8))


def test_without_a_wish_it_is_as_usual_in_the_fleet(camille: Client, world: World):
    FleetRules.objects.create(fleet=world.lyon, times_to_live={"Preconditioning": 5400})
    page = camille.get(form_url(world.van, "Preconditioning")).content.decode()
    assert "1 h 30 min, as usual in this fleet" in page
    camille.post(form_url(world.van, "Preconditioning"), {"way": "start", "within": ""})
    action = world.van.remote_actions.get()
    assert (action.when_awake, life_of(action)) == (False, timedelta(minutes=90))


@pytest.mark.parametrize("within", ["7", "soon", "-1", "100000"])
def test_another_time_is_refused(camille: Client, world: World, within: str):
    response = camille.post(form_url(world.van, "Charging"), {"way": "start", "within": within})
    assert response.status_code == 422
    assert not world.van.remote_actions.exists()


def test_what_is_urgent_is_asked_for_none_of_it(camille: Client, world: World):
    page = camille.get(form_url(world.van, "Locking")).content.decode()
    assert 'name="within"' not in page
    camille.post(form_url(world.van, "Locking"), {"way": "lock", "within": "480", "when_awake": "on"})
    action = world.van.remote_actions.get()
    assert (action.when_awake, life_of(action)) == (False, timedelta(minutes=5))


def test_a_wake_up_can_not_wait_for_the_waking(camille: Client, world: World):
    page = camille.get(form_url(world.van, "WakeUp")).content.decode()
    assert 'name="within"' in page
    assert 'name="when_awake"' not in page


def test_the_wishes_are_kept_through_the_confirmation(camille: Client, world: World):
    url = form_url(world.van, "OnboardPersonalData")
    given = {"within": "60", "when_awake": "on"}
    question = camille.post(url, given).content.decode()
    for name, value in given.items():
        assert f'<input type="hidden" name="{name}" value="{value}">' in question
    camille.post(url, {**given, "confirmed": "yes", "reason": "Sold."})
    action = world.van.remote_actions.get()
    assert (action.when_awake, action.reason, life_of(action)) == (True, "Sold.", timedelta(minutes=15))
    # Its own time begins with the approval.
    before = clock.now()
    approve(action, make_person("diane", world.lyon))
    action.refresh_from_db()
    assert (action.state, action.when_awake) == ("queued", True)
    assert before <= action.expires_at - timedelta(hours=1) <= clock.now()


def test_going_back_keeps_the_wishes(camille: Client, world: World):
    given = {"within": "60", "when_awake": "on", "draft": "yes"}
    page = camille.post(form_url(world.van, "OnboardPersonalData"), given).content.decode()
    assert '<option value="60" selected>1 h</option>' in page
    assert 'name="when_awake" aria-describedby="id_when_awake_helptext" id="id_when_awake" checked' in page
