"""The orders of the list of vehicles: all pages joined are the whole list, whatever is equal or missing."""

from collections.abc import Callable
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from console.vehicle_list.listing import PAGE_SIZE
from console.vehicle_list.sorting import SORTS, all_rows, read_token, rows_after, token_after
from fleets.models import Fleet, Vehicle
from remotes.models import RemoteAction
from tests.console.conftest import World
from tests.console.vehicle_list.vehicle_lists import html_of, names_in, next_query
from tests.long_form import examples
from tests.world import NOON, make_action, make_fleet, make_vehicle

# Few values of each, so that many are equal.
_CARS = st.fixed_dictionaries(
    {
        "label": st.sampled_from(["", "Van 1", "Van 10", "van 2", "Éole"]),
        "brand": st.sampled_from(["", "Peugeot"]),
        "model": st.sampled_from(["", "e-208", "e-Expert"]),
        "level": st.sampled_from([None, 0, 12.5, 100]),
        "heard": st.sampled_from([None, 0, 1, 2]),
    }
)


def _state(car: dict[str, Any]) -> dict[str, Any]:
    energies = [{"type": "Electric", "level": car["level"]}] if car["level"] is not None else []
    heard = {} if car["heard"] is None else {"updatedAt": (NOON + timedelta(microseconds=car["heard"])).isoformat()}
    return {"energies": energies, **heard}


def _make(fleet: Fleet, cars: list[dict[str, Any]], acted: list[int]) -> None:
    vehicles = [
        make_vehicle(fleet, car["label"], brand=car["brand"], model=car["model"], state=_state(car)) for car in cars
    ]
    for place in acted:
        make_action(vehicles[place % len(vehicles)])


def _sorted(fleet: Fleet, name: str) -> list[int]:
    """The whole list, sorted here by what the database has."""
    newest = dict(RemoteAction.objects.order_by("pk").values_list("vehicle_id", "pk"))
    vehicles = list(Vehicle.objects.filter(fleet=fleet))
    read: dict[str, Callable[[Vehicle], Any]] = {"last_key": lambda vehicle: newest.get(vehicle.pk)}
    sort = SORTS[name]

    def key(vehicle: Vehicle) -> list[Any]:
        return [read[column](vehicle) if column in read else getattr(vehicle, column) for column in sort.columns]

    known = [vehicle for vehicle in vehicles if None not in key(vehicle)]
    missing = [vehicle for vehicle in vehicles if None in key(vehicle)]
    known.sort(key=lambda vehicle: [*key(vehicle), vehicle.pk], reverse=sort.descending)
    missing.sort(key=lambda vehicle: vehicle.pk, reverse=sort.descending)
    return [vehicle.pk for vehicle in [*known, *missing]]


class TestPages(TestCase):
    @settings(max_examples=examples(40))
    @given(
        st.lists(_CARS, min_size=1, max_size=14),
        st.lists(st.integers(0, 13), max_size=10),
        st.sampled_from(sorted(SORTS)),
        st.integers(1, 5),
    )
    def test_joined_they_are_the_whole_list(
        self, cars: list[dict[str, Any]], acted: list[int], name: str, size: int
    ) -> None:
        fleet = make_fleet()
        _make(fleet, cars, acted)
        vehicles = Vehicle.objects.filter(fleet=fleet)
        seen: list[int] = []
        token = ""
        for turn in count():
            assert turn <= len(cars)
            rows = rows_after(vehicles, name, read_token(token, name), size)
            seen += [vehicle.pk for vehicle in rows]
            if len(rows) < size:
                break
            token = token_after(rows[-1], name)
        assert seen == _sorted(fleet, name)
        assert [vehicle.pk for rows in all_rows(vehicles, name) for vehicle in rows] == seen


@pytest.mark.drawn("orders of a list", 5, of="tests")
@pytest.mark.parametrize("name", sorted(SORTS))
def test_the_pages_of_each_order_join(camille: Client, world: World, name: str):
    cars = [
        {
            "label": f"Car {number % 40}",
            "brand": "",
            "model": "ab"[number % 2],
            "level": number % 3 or None,
            "heard": number % 4 or None,
        }
        for number in range(PAGE_SIZE + 20)
    ]
    _make(world.lyon, cars, list(range(0, 60, 7)))
    names = {vehicle.pk: str(vehicle) for vehicle in world.lyon.vehicles.all()}
    first = html_of(camille, world.lyon, f"sort={name}")
    second = html_of(camille, world.lyon, next_query(first))
    assert names_in(first) + names_in(second) == [names[pk] for pk in _sorted(world.lyon, name)]
    assert next_query(second) == ""


def test_a_vehicle_that_comes_in_between_moves_no_other(camille: Client, world: World):
    for number in range(PAGE_SIZE + 5):
        make_vehicle(world.lyon, f"Car {number}")
    following = next_query(html_of(camille, world.lyon))
    before = names_in(html_of(camille, world.lyon, following))
    make_vehicle(world.lyon, "Another")
    assert names_in(html_of(camille, world.lyon, following)) == before


def test_a_key_of_another_order_leads_to_the_first_page(camille: Client, world: World):
    for number in range(PAGE_SIZE + 5):
        make_vehicle(world.lyon, f"Car {number}")
    token = next_query(html_of(camille, world.lyon)).partition("after=")[2]
    assert names_in(html_of(camille, world.lyon, f"sort=vin&after={token}"))[0] == "Van 1"


def test_headings_turn_the_order_round(camille: Client, world: World):
    page = html_of(camille, world.lyon, "q=van")
    assert 'aria-sort="ascending"><a href="' in page
    assert "?q=van&amp;sort=-name" in page
    assert "?q=van&amp;sort=-action" in page
    turned = html_of(camille, world.lyon, "q=van&sort=-action")
    assert 'aria-sort="descending"' in turned
    assert "?q=van&amp;sort=action" in turned
