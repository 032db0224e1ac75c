"""The places of a fleet: saved by a town or coordinates, found by their names, by nobody of another fleet."""

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from fleets.models import AuditEntry, SavedPlace
from fleets.narrowing import narrow
from fleets.places import saved
from tests.console.conftest import LogIn, World
from tests.world import make_person


def post(client: Client, world: World, **fields: str) -> tuple[int, str]:
    answer = client.post(f"/fleets/{world.lyon.public_id}/places/new", fields, follow=True)
    return answer.status_code, " ".join(answer.content.decode().split())


def found(client: Client, world: World, words: str) -> list[str]:
    answer = client.get(f"/fleets/{world.lyon.public_id}/places/find", {"q": words})
    return [place["name"] for place in answer.json()["places"]]


def test_a_place_is_saved_by_its_coordinates_and_told_in_words(camille: Client, world: World) -> None:
    status, page = post(camille, world, name="Depot", where="45.7719, 4.8902")
    place = SavedPlace.objects.get()
    assert (status, place.name, place.latitude, place.longitude) == (200, "Depot", 45.7719, 4.8902)
    assert "“Depot” is saved" in page
    assert "in Villeurbanne" in page
    entry = AuditEntry.objects.filter(subject=place.public_id).latest("pk")
    assert (entry.document["what"], entry.who) == ("saved a place", "camille")


def test_a_place_is_saved_by_the_name_of_a_town(camille: Client, world: World) -> None:
    post(camille, world, name="Workshop", where="villeurbanne")
    place = SavedPlace.objects.get()
    assert (round(place.latitude, 1), round(place.longitude, 1)) == (45.8, 4.9)


def test_where_several_towns_are_meant_one_is_chosen(camille: Client, world: World) -> None:
    status, page = post(camille, world, name="Workshop", where="Saint-Denis")
    assert status == 422
    assert "There are several: choose one." in page
    assert page.count('type="radio" name="at"') > 1
    assert not SavedPlace.objects.exists()
    post(camille, world, name="Workshop", where="Saint-Denis", at="48.93, 2.35")
    assert SavedPlace.objects.get().latitude == 48.93


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"name": "", "where": "Lyon"}, "Name of the place"),
        ({"name": "Depot", "where": ""}, "Where it is"),
        ({"name": "Depot", "where": "No such town anywhere"}, "No such place is known."),
        ({"name": "Depot", "where": "95.0, 4.8"}, "No such place is known."),
        ({"name": "depot lyon", "where": "45.7, 4.8"}, "This fleet has a place with this name already."),
        ({"name": "D" * 61, "where": "45.7, 4.8"}, "Name of the place"),
        ({"name": "De\0pot", "where": "45.7, 4.8"}, "Name of the place"),
    ],
)
def test_what_is_wrong_is_told_and_nothing_is_saved(
    camille: Client, world: World, fields: dict[str, str], told: str
) -> None:
    saved.save(world.lyon, "Depot Lyon", (45.7, 4.8), world.camille)
    status, page = post(camille, world, **fields)
    assert status == 422
    assert told in page.partition('id="form-errors"')[2].partition("</div>")[0]
    assert SavedPlace.objects.count() == 1


def test_a_fleet_has_no_more_places_than_a_map_shows(
    camille: Client, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(saved, "MOST", 1)
    saved.save(world.lyon, "Depot", (45.7, 4.8), world.camille)
    assert "This fleet has 1 places: delete one first." in post(camille, world, name="Other", where="45.7, 4.8")[1]


def test_a_place_gets_another_name_and_goes(camille: Client, world: World) -> None:
    place = saved.save(world.lyon, "Depot", (45.7, 4.8), world.camille)
    saved.save(world.lyon, "Workshop", (45.7, 4.9), world.camille)
    url = f"/fleets/{world.lyon.public_id}/places/{place.public_id}"
    with transaction.atomic():
        assert camille.post(f"{url}/rename", {"name": "WORKSHOP"}).status_code == 422
    assert camille.post(f"{url}/rename", {"name": "Old depot"}).status_code == 303
    assert "Old depot" in found(camille, world, "old d")
    assert camille.post(f"{url}/delete").status_code == 303
    assert "Old depot" not in found(camille, world, "old d")
    told = [entry.document["what"] for entry in AuditEntry.objects.filter(subject=place.public_id).order_by("pk")]
    assert told == ["saved a place", "renamed the place “Depot”", "deleted a place"]


def test_a_place_is_found_by_any_word_of_its_name_before_all_towns(viktor: Client, world: World) -> None:
    saved.save(world.lyon, "Dépôt Gerland", (45.73, 4.83), world.camille)
    saved.save(world.lyon, "Lyon Part-Dieu", (45.76, 4.86), world.camille)
    saved.save(world.paris, "Gerland", (45.73, 4.83), world.camille)
    assert found(viktor, world, "") == ["Dépôt Gerland", "Lyon Part-Dieu"]
    assert found(viktor, world, "depot")[:1] == ["Dépôt Gerland"]
    assert found(viktor, world, "gerl")[:1] == ["Dépôt Gerland"]
    assert found(viktor, world, "lyon")[:2] == ["Lyon Part-Dieu", "Lyon"]
    assert "Dépôt Gerland" not in found(viktor, world, "erland")
    near = {"latitude": "45.7301", "longitude": "4.8301"}
    words = viktor.get(f"/fleets/{world.lyon.public_id}/places/words", near).json()["words"]
    assert words == "at Dépôt Gerland"


def test_who_sees_some_vehicles_sends_routes_to_places_too(log_in: LogIn, world: World) -> None:
    nina = make_person("nina", world.lyon)
    narrow(nina.memberships.get(), vehicles=[world.van.pk])
    saved.save(world.lyon, "Depot", (45.7, 4.8), world.camille)
    assert found(log_in(nina), world, "dep")[:1] == ["Depot"]


def test_the_list_is_one_statement_however_many_places(camille: Client, world: World) -> None:
    counts = []
    for number in range(3):
        saved.save(world.lyon, f"Depot {number}", (45.7, 4.8), world.camille)
        with CaptureQueriesContext(connection) as captured:
            assert camille.get(f"/fleets/{world.lyon.public_id}/places").status_code == 200
        counts.append(len(captured))
    assert len(set(counts)) == 1


def test_the_places_go_with_their_fleet_and_stay_without_their_maker(world: World) -> None:
    saved.save(world.lyon, "Depot", (45.7, 4.8), world.viktor)
    world.viktor.delete()
    assert SavedPlace.objects.get().user is None
