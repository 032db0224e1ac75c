"""Places for maps and forms: the committed ground, the towns of a square, and what is found by a name."""

import json
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.test import Client

GROUND = Path(__file__).resolve().parents[3] / "static" / "map" / "ground.json"


@pytest.fixture
def person(db: None) -> Client:
    client = Client()
    client.force_login(User.objects.create(username="Camille"))
    return client


def test_the_ground_has_the_coast_of_france_and_lyon() -> None:
    ground = json.loads(GROUND.read_text())
    assert GROUND.stat().st_size < 270_000
    france = next(country for country in ground["countries"] if country[0] == "FR")
    points = []
    for arc in {arc if arc >= 0 else ~arc for ring in france[1] for arc in ring}:
        east = north = 0
        steps = ground["arcs"][arc]
        for place in range(0, len(steps), 2):
            east, north = east + steps[place], north + steps[place + 1]
            points.append((east / 100, north / 100))
    # The western end of Brittany.
    assert any(-5.2 < east < -4.2 and 47.8 < north < 48.8 for east, north in points)
    assert any(name == "Lyon" and (east, north) == (485, 4575) for name, east, north, _people in ground["towns"])


def test_the_towns_of_a_square_are_within_it_the_largest_first(person: Client) -> None:
    answer = person.get("/places/towns/8/131/91")
    towns = answer.json()["towns"]
    assert "max-age" in answer["Cache-Control"]
    assert [town[3] for town in towns] == sorted((town[3] for town in towns), reverse=True)
    assert "Lyon" in [town[0] for town in towns]
    assert all(4.2 < longitude < 5.7 for _name, _latitude, longitude, _people in towns)
    assert person.get("/places/towns/2/4/0").status_code == 404


def test_a_place_is_found_and_said(person: Client) -> None:
    places = person.get("/places/find", {"q": "villeurb"}).json()["places"]
    assert [(place["name"], place["country"]) for place in places] == [("Villeurbanne", "France")]
    (typed,) = person.get("/places/find", {"q": "45.79, 4.8795"}).json()["places"]
    assert typed["name"] == "3 km north of Villeurbanne"
    assert person.get("/places/words", {"latitude": "45.764", "longitude": "4.8357"}).json() == {"words": "in Lyon"}
    assert person.get("/places/words", {"latitude": "north", "longitude": ""}).status_code == 404
