"""Positions in words: by a town that people know, as far away as is said, anywhere on earth."""

import re
from dataclasses import dataclass

import pytest
from django.utils.translation import override
from hypothesis import example, given
from hypothesis import strategies as st

from fleets.places.finding import Found, find
from fleets.places.gazetteer import gazetteer
from fleets.places.grammar import at, of
from fleets.places.measure import kilometres
from fleets.places.nearest import where
from fleets.places.words import position_words, positions_words

LATITUDES, LONGITUDES = st.floats(-90, 90), st.floats(-180, 180)


@dataclass(frozen=True)
class Saved:
    name: str
    latitude: float
    longitude: float
    radius: int | None = None


@pytest.mark.parametrize(
    ("position", "words"),
    [
        ((45.764, 4.8357), "in Lyon"),
        ((45.79, 4.8795), "3 km north of Villeurbanne"),
        # Not by the village that is a little nearer.
        ((44.95, 4.95), "4 km north-east of Valence"),
        ((48.8566, 2.35), "in Paris"),
        ((48.4, -5.3), "60 km west of Brest"),
        ((0.0, 0.0), "580 km south of Takoradi, Ghana"),
    ],
)
def test_a_position_is_said_by_a_town(position: tuple[float, float], words: str) -> None:
    assert position_words(*position) == words


def test_a_saved_place_goes_before_the_town_the_nearest_first() -> None:
    saved = [Saved("Depot Lyon", 45.764, 4.8357), Saved("Yard", 45.7641, 4.8358, radius=5000)]
    assert positions_words([(45.764, 4.8357), (45.78, 4.84), (45.9, 4.84)], saved)[:2] == ["at Depot Lyon", "at Yard"]
    assert position_words(45.764, 4.84, saved[:1]) == "in Lyon"


@pytest.mark.parametrize("position", [(float("nan"), 0.0), (91.0, 0.0), (0.0, float("inf")), (0.0, -181.0)])
def test_what_is_no_place_has_no_words(position: tuple[float, float]) -> None:
    assert position_words(*position) == ""


@given(LATITUDES, LONGITUDES)
@example(90.0, 0.0)
@example(-90.0, 180.0)
@example(-17.0, 180.0)
@example(-17.0, -180.0)
@example(65.0, -179.99)
def test_the_distance_is_right_wherever_it_is(latitude: float, longitude: float) -> None:
    said = position_words(latitude, longitude)
    found = where(gazetteer(), latitude, longitude)
    away = kilometres(latitude, longitude, found.town.latitude, found.town.longitude)
    assert found.town.name in said
    if not found.kilometres:
        assert away < 13
    else:
        step = 1 if away < 100 else 10 if away < 1000 else 100
        assert abs(found.kilometres - away) <= max(step * 0.51, 0 if away >= 1 else 1)
        assert re.match(r"[\d,]+ km ", said)


def test_the_date_line_is_no_edge() -> None:
    assert position_words(-17.0, 180.0) == position_words(-17.0, -180.0)


def test_french_joins_names_as_people_do() -> None:
    assert [of(name, "fr") for name in ("Lyon", "Amiens", "Le Havre", "Les Ulis", "Évreux")] == [
        *("de Lyon", "d'Amiens", "du Havre", "des Ulis", "d'Évreux")
    ]
    assert [at(name, "fr") for name in ("Lyon", "Le Havre", "Les Ulis")] == ["à Lyon", "au Havre", "aux Ulis"]
    with override("fr"):
        assert position_words(0.0, 0.0).endswith(", Ghana")


def test_a_town_is_found_however_its_name_is_written_the_largest_first() -> None:
    assert find("saint etienne", 8)[0].name == "Saint-Étienne"
    assert find("SAINT-ÉT", 3)[0].name == "Saint-Étienne"
    assert find("münchen", 3)[0].name == find("munchen", 3)[0].name == "Munich"
    # Larger ones are called so in another language.
    assert find("ly", 3)[0].name == "Lyon"
    assert find("Londres", 1)[0].name == "London"
    assert find("Bron", 3)[0] == Found("Bron", "FR", *gazetteer_place("Bron"))
    assert find("x", 3) == find("", 3) == find("nowhere at all", 3) == []


def gazetteer_place(name: str) -> tuple[float, float]:
    town = gazetteer().named(name, 1)[0]
    return town.latitude, town.longitude


@pytest.mark.parametrize("typed", ["45.76, 4.83", "45.76 4.83", "45,76; 4,83", "45.76,4.83"])
def test_typed_coordinates_are_a_place(typed: str) -> None:
    assert find(typed, 3) == [Found("", "", 45.76, 4.83)]


@given(st.text(max_size=40))
def test_nothing_that_is_typed_raises(typed: str) -> None:
    assert len(find(typed, 3)) <= 3


@given(LATITUDES, LONGITUDES, st.floats(1, 400))
def test_around_leaves_nobody_out(latitude: float, longitude: float, radius: float) -> None:
    """Held to every town of a sample."""
    known = gazetteer()
    found = {place for place, *_rest in known.around(latitude, longitude, radius)}
    for place in range(0, 150_000, 997):
        town = known.town(place)
        if kilometres(latitude, longitude, town.latitude, town.longitude) < radius:
            assert place in found
