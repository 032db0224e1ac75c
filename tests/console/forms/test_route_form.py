"""A route: rows and pasted lines become positions, longitude first."""

from typing import Any

import pytest
from django.test import Client

from tests.console.conftest import World
from tests.console.forms.given import Page, asked, error_of, form_url, send

LYON, VIENNE = [4.83, 45.76], [4.87, 45.52]


def points(*coordinates: list[float]) -> dict[str, Any]:
    return {"positions": [{"type": "Point", "coordinates": item} for item in coordinates]}


@pytest.mark.parametrize(
    ("fields", "payload"),
    [
        ({"latitude1": "45.76", "longitude1": "4.83"}, points(LYON)),
        ({"latitude1": "45,76", "longitude1": "4,83"}, points(LYON)),
        ({"latitude1": "45.76, 4.83", "latitude3": "45.52", "longitude3": "4.87"}, points(LYON, VIENNE)),
        ({"pasted": "45.76, 4.83\n\n 45.52 4.87 \r\n"}, points(LYON, VIENNE)),
        ({"pasted": "45.76,4.83\n45,52; 4,87"}, points(LYON, VIENNE)),
        ({"pasted": "-33, 151\t"}, points([151.0, -33.0])),
        ({"latitude1": "45.76", "longitude1": "4.83", "pasted": "45.52, 4.87"}, points(LYON, VIENNE)),
        ({"latitude1": "0", "longitude1": "-0.5", "approval": "on"}, {**points([-0.5, 0.0]), "driverApproval": True}),
        ({"pasted": "\n".join(["45.76, 4.83"] * 10)}, points(*[LYON] * 10)),
    ],
)
def test_places_become_positions(camille: Client, world: World, fields: dict[str, str], payload: Any):
    assert send(camille, world.van, "Navigation", **fields).status_code == 303
    assert asked(world.van) == ("Navigation", payload)


def test_the_history_counts_the_stops(camille: Client, world: World):
    send(camille, world.van, "Navigation", pasted="45.76, 4.83\n45.52, 4.87\n45.1, 5")
    assert "Route with 3 stops" in camille.get(world.page_of(world.van)).content.decode()


@pytest.mark.parametrize(
    ("fields", "field", "words"),
    [
        ({}, "latitude1", "Give at least one place."),
        ({"latitude1": "91", "longitude1": "4"}, "latitude1", "91 is not allowed; must be a number from -90 to 90."),
        (
            {"latitude1": "4", "longitude1": "4", "latitude2": "45", "longitude2": "181"},
            "longitude2",
            "181 is not allowed; must be a number from -180 to 180.",
        ),
        ({"latitude2": "45"}, "latitude2", "Write latitude and longitude, such as 45.76, 4.83."),
        ({"latitude1": "45,76"}, "latitude1", "Write latitude and longitude, such as 45.76, 4.83."),
        ({"longitude1": "4.83"}, "latitude1", "Must be a number from -90 to 90."),
        ({"latitude1": "north", "longitude1": "4"}, "latitude1", "Must be a number from -90 to 90."),
        (
            {"pasted": "45.76, 4.83\nPlace Bellecour"},
            "pasted",
            "“Place Bellecour” is no place: write latitude and longitude, such as 45.76, 4.83.",
        ),
        (
            {"latitude1": "4", "longitude1": "4", "pasted": "95.0, 4.83"},
            "pasted",
            "95.0 is not allowed; must be a number from -90 to 90.",
        ),
        ({"pasted": "45.76, 4.83\n" * 11}, "pasted", "Has 11 items; 10 at the most."),
    ],
)
def test_an_error_stands_beside_its_place(
    camille: Client, world: World, fields: dict[str, str], field: str, words: str
):
    response = send(camille, world.van, "Navigation", **fields)
    assert response.status_code == 422
    assert error_of(response, field) == words
    assert not world.van.remote_actions.exists()


def test_there_is_always_a_row_to_go_on_with(camille: Client, world: World):
    assert "id_latitude3" not in Page(camille.get(form_url(world.van, "Navigation")).content).attributes
    given = {"latitude1": "1", "longitude1": "2", "latitude2": "3", "longitude2": "4", "draft": "row"}
    page = Page(send(camille, world.van, "Navigation", **given).content)
    assert page.attributes["id_latitude2"]["value"] == "3"
    assert "autofocus" in page.attributes["id_latitude3"]
    assert "id_latitude4" not in page.attributes
    assert "add-place" in page.attributes
    full = {f"{name}{row}": "1" for row in range(1, 11) for name in ("latitude", "longitude")}
    assert "add-place" not in Page(send(camille, world.van, "Navigation", draft="row", **full).content).attributes
    assert not world.van.remote_actions.exists()
