"""Saved views of the list of vehicles: who sees, uses and changes which."""

import pytest
from django.test import Client

from console.vehicle_list.saved import MOST
from fleets.models import Fleet, Membership, SavedView
from tests.console.conftest import LogIn, World
from tests.console.vehicle_list.vehicle_lists import html_of, shown
from tests.world import make_person, make_vehicle


def save(client: Client, fleet: Fleet, query: str, name: str = "Lately", **more: str) -> SavedView:
    """Save what the list shows, as the page's form does."""
    answer = client.post(f"/fleets/{fleet.public_id}/views/new?{query}", {"name": name, **more})
    assert answer.status_code == 303, answer.content.decode()
    view = SavedView.objects.latest("pk")
    assert answer.headers["Location"].endswith(f"?view={view.public_id}")
    return view


def act(client: Client, view: SavedView, part: str, **fields: str) -> int:
    return client.post(f"/fleets/{view.fleet.public_id}/views/{view.public_id}{part}", fields).status_code


@pytest.fixture
def electric(camille: Client, world: World) -> SavedView:
    make_vehicle(world.lyon, "Diesel", motorization="Thermic")
    return save(camille, world.lyon, "energy=Electric&sort=-name&col=vin", "Electric ones")


def test_a_view_keeps_filters_order_and_columns(camille: Client, world: World, electric: SavedView):
    make_vehicle(world.lyon, "Zoe", motorization="Electric")
    assert electric.query == "energy=Electric&sort=-name&col=vin"
    page = html_of(camille, world.lyon, f"view={electric.public_id}")
    assert shown(camille, world.lyon, f"view={electric.public_id}") == ["Zoe", "Van 1"]
    assert f'?view={electric.public_id}" aria-current="page">Electric ones</a>' in page
    assert '<option value="Electric" selected>' in page
    assert "AB-123-CD" not in page


def test_what_is_chosen_beside_a_view_leaves_it(camille: Client, world: World, electric: SavedView):
    query = f"view={electric.public_id}&energy=Thermic"
    assert shown(camille, world.lyon, query) == ["Diesel"]
    page = html_of(camille, world.lyon, query)
    assert "Save changes to this view" in page
    assert "Save as another view…" in page
    assert shown(camille, world.lyon, f"view={electric.public_id}&q=") == ["Diesel", "Van 1"]
    answer = camille.get(f"/fleets/{world.lyon.public_id}?view={electric.public_id}&q=", headers={"HX-Request": "true"})
    assert answer.headers["HX-Replace-Url"].endswith(f"?view={electric.public_id}&q=")


def test_changes_are_saved_to_a_view(camille: Client, world: World, electric: SavedView):
    assert act(camille, electric, "/query", query="energy=Thermic&after=x&nonsense=1") == 303
    electric.refresh_from_db()
    assert electric.query == "energy=Thermic"
    assert shown(camille, world.lyon, f"view={electric.public_id}") == ["Diesel"]


def test_a_view_is_renamed_shared_and_deleted(camille: Client, viktor: Client, world: World, electric: SavedView):
    assert "Electric ones" not in html_of(viktor, world.lyon)
    assert act(camille, electric, "", name="Plugged", shared="on") == 303
    assert "Plugged" in html_of(viktor, world.lyon)
    assert act(camille, electric, "/delete") == 303
    assert not SavedView.objects.exists()
    page = html_of(camille, world.lyon, f"view={electric.public_id}")
    assert "This view is not there any more" in page
    assert shown(camille, world.lyon, f"view={electric.public_id}") == ["Diesel", "Van 1"]


def test_others_see_private_views_nowhere(viktor: Client, world: World, electric: SavedView):
    assert shown(viktor, world.lyon, f"view={electric.public_id}") == ["Diesel", "Van 1"]
    for part in ("", "/query", "/delete", "/open"):
        assert act(viktor, electric, part, name="Mine") == 404


def test_only_managers_share_and_change_shared_views(camille: Client, viktor: Client, world: World):
    own = save(viktor, world.lyon, "q=van", "Viktor's", shared="on")
    assert own.shared is False
    shared = save(camille, world.lyon, "q=car", "All of us", shared="on")
    assert shown(viktor, world.lyon, f"view={shared.public_id}") == []
    assert act(viktor, shared, "", name="Mine") == 403
    assert act(viktor, shared, "/delete") == 403
    assert "Rename or delete…" not in html_of(viktor, world.lyon, f"view={shared.public_id}")
    other_manager = make_person("olga", world.lyon)
    client = Client()
    client.force_login(other_manager)
    assert act(client, shared, "", name="Ours", shared="on") == 303


def test_each_person_chooses_what_the_list_opens_with(
    camille: Client, viktor: Client, world: World, electric: SavedView
):
    assert act(camille, electric, "", name="Electric ones", shared="on") == 303
    assert act(viktor, electric, "/open") == 303
    assert shown(viktor, world.lyon) == ["Van 1"]
    assert shown(camille, world.lyon) == ["Diesel", "Van 1"]
    assert shown(viktor, world.lyon, "view=all") == ["Diesel", "Van 1"]
    assert shown(viktor, world.lyon, "energy=Thermic") == ["Diesel"]
    answer = viktor.get(f"/fleets/{world.lyon.public_id}?view=all&q=", headers={"HX-Request": "true"})
    assert answer.headers["HX-Replace-Url"].endswith("?view=all")
    assert act(viktor, electric, "/open") == 303
    assert shown(viktor, world.lyon) == ["Diesel", "Van 1"]


def test_a_view_that_one_no_longer_sees_opens_no_list(
    camille: Client, viktor: Client, world: World, electric: SavedView
):
    act(camille, electric, "", name="Electric ones", shared="on")
    act(viktor, electric, "/open")
    act(camille, electric, "", name="Electric ones")
    assert shown(viktor, world.lyon) == ["Diesel", "Van 1"]
    act(camille, electric, "/open")
    act(camille, electric, "/delete")
    assert shown(camille, world.lyon) == ["Diesel", "Van 1"]
    assert Membership.objects.get(user=world.camille).default_view is None


def test_a_name_is_needed_and_is_there_once(camille: Client, world: World, electric: SavedView):
    path = f"/fleets/{world.lyon.public_id}/views/new?q=van"
    assert "Save as a view" in camille.get(path).content.decode()
    for name, words in (("", "Give it a name."), ("Electric ones", "You have a view with this name already.")):
        answer = camille.post(path, {"name": name})
        assert answer.status_code == 422
        assert words in answer.content.decode()


def test_there_is_an_end_to_views(camille: Client, world: World):
    for number in range(MOST):
        SavedView.objects.create(fleet=world.lyon, owner=world.camille, name=f"View {number}")
    answer = camille.post(f"/fleets/{world.lyon.public_id}/views/new?q=van", {"name": "One more"}, follow=True)
    assert f"You have {MOST} views in this fleet" in answer.content.decode()
    assert SavedView.objects.count() == MOST


def test_views_stay_in_their_fleet(log_in: LogIn, world: World, electric: SavedView):
    both = make_person("both", world.lyon, world.paris)
    client = log_in(both)
    SavedView.objects.filter(pk=electric.pk).update(shared=True)
    assert "Electric ones" not in html_of(client, world.paris)
    path = f"/fleets/{world.paris.public_id}/views/{electric.public_id}"
    assert client.post(f"{path}/delete").status_code == 404
    assert client.post(f"{path}/open").status_code == 404


def test_a_deleted_owner_leaves_shared_views_behind(camille: Client, world: World, electric: SavedView):
    shared = save(camille, world.lyon, "q=van", "Shared", shared="on")
    world.camille.delete()
    assert [view.name for view in SavedView.objects.all()] == ["Shared"]
    shared.refresh_from_db()
    olga = make_person("olga", world.lyon)
    client = Client()
    client.force_login(olga)
    assert act(client, shared, "", name="Shared") == 303
    shared.refresh_from_db()
    assert (shared.owner, shared.shared) == (olga, False)
