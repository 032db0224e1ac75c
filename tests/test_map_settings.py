"""TILE_URL and MAP_LINK_URL: which maps there are, and what a page may load for them."""

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import Client

from fleetremote.environment.maps import checked_map_link, tile_sources


@pytest.mark.parametrize(
    ("url", "sources"),
    [
        ("", []),
        ("/tiles/{z}/{x}/{y}.png", []),
        ("https://tile.example.com/{z}/{x}/{y}.png", ["https://tile.example.com"]),
        ("http://10.0.0.7:8080/{z}/{x}/{y}{r}.png?key=7", ["http://10.0.0.7:8080"]),
        (
            "https://{s}.tile.example.com/{z}/{x}/{y}.png",
            ["https://a.tile.example.com", "https://b.tile.example.com", "https://c.tile.example.com"],
        ),
    ],
)
def test_only_the_host_of_the_tiles_is_added(url: str, sources: list[str]) -> None:
    assert tile_sources(url) == sources


@pytest.mark.parametrize(
    "url",
    [
        "https://tile.example.com",
        "tile.example.com/{z}/{x}/{y}.png",
        "//tile.example.com/{z}/{x}/{y}.png",
        "ftp://tile.example.com/{z}/{x}/{y}.png",
        "https://user:secret@tile.example.com/{z}/{x}/{y}.png",
        "https://tile.example.com/{z}/{x}/{y}.png?{token}",
        "https://tile.example.com; script-src */{z}/{x}/{y}",
    ],
)
def test_what_is_no_tile_url_fails_loudly(url: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="TILE_URL"):
        tile_sources(url)


def test_a_link_to_a_map_has_a_place_in_it() -> None:
    assert checked_map_link("") == ""
    assert checked_map_link("https://map.example.com/?at={lat},{lon}")
    for url in ("https://map.example.com", "javascript:alert({lat}{lon})"):
        with pytest.raises(ImproperlyConfigured, match="MAP_LINK_URL"):
            checked_map_link(url)


@pytest.mark.django_db
def test_without_tiles_a_page_loads_images_from_nowhere_else() -> None:
    policy = Client().get("/login").headers["Content-Security-Policy"]
    assert "img-src 'self' data:;" in f"{policy};"
