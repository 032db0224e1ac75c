"""Maps in a real Chromium: where a vehicle is, and a route that is clicked together."""

import json
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from fleetremote.environment.maps import tile_sources
from tests.browser.conftest import complaints_of, reach
from tests.running import Running
from tests.waiting import wait_until

TILES = "https://tile.example.com/{z}/{x}/{y}.png"
# One transparent pixel.
TILE = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360000002000001e221bc330000000049454e44ae426082"
)


def page_of(running: Running, vehicle: dict[str, str]) -> str:
    return f"/fleets/{running.fleet_of(vehicle)['id']}/vehicles/{vehicle['id']}"


@pytest.fixture
def vehicle(manager: Page, running: Running) -> Iterator[dict[str, str]]:
    """An awake vehicle whose position is known, its page open and live; the browser has nothing to complain about."""
    vehicle = next(vehicle for vehicle in running.vehicles("awake") if vehicle in running.fleet["vehicles"])
    manager.goto(page_of(running, vehicle))
    expect(manager.locator("#live-mark")).to_have_attribute("data-mark", "live")
    if not manager.locator("#position").count():
        running.final(running.send(vehicle, {"horn": {"state": "Activated"}}))
    # The state is read after each action's end.
    expect(manager.locator("#position")).to_be_visible()
    yield vehicle
    assert complaints_of(manager) == []


def the_map(page: Page) -> Locator:
    return page.get_by_role("region", name="Map with the last position of the vehicle")


def test_without_tiles_the_map_is_a_grid_and_asks_nobody_else(
    manager: Page, running: Running, vehicle: dict[str, str]
) -> None:
    asked: list[str] = []
    manager.on("request", lambda request: asked.append(request.url))
    manager.reload()
    the_map(manager).scroll_into_view_if_needed()
    expect(the_map(manager).locator(".vehicle-mark")).to_be_in_viewport()
    expect(the_map(manager).locator("canvas").first).to_be_attached()
    the_map(manager).get_by_role("button", name="Zoom out").click()
    expect(the_map(manager)).to_contain_text(re.compile(r"\d+ (m|km)"))
    home = running.demo["web"]["url"]
    assert [url for url in asked if not url.startswith((home, "data:"))] == []
    assert any("leaflet" in url for url in asked)


def test_the_map_stays_while_the_news_come(manager: Page, vehicle: dict[str, str]) -> None:
    expect(the_map(manager)).to_be_visible()
    manager.evaluate("document.getElementById('map').mine = true")
    the_map(manager).get_by_role("button", name="Zoom in").click()
    reach(manager, "command-lock").click()
    newest = manager.locator("#history .entry").first
    expect(newest).to_have_attribute("data-status", re.compile("Success|AlreadyDone"))
    assert manager.evaluate("document.getElementById('map').mine")
    # A vehicle that has moved is shown where it is now.
    mark, top_of = manager.locator("#map .vehicle-mark"), "mark => mark.getBoundingClientRect().top"
    top = mark.evaluate(top_of)
    manager.evaluate("document.getElementById('position').dataset.latitude = '45.9'")
    expect(mark).to_have_count(1)
    wait_until(lambda: mark.evaluate(top_of) != top, "the mark to move")
    # Its driver may hide the position; here news that are on their way may bring it back once more.
    manager.route("**/news*", lambda route: None)

    def is_hidden() -> bool:
        manager.evaluate("document.getElementById('position')?.remove()")
        return manager.locator("#map").is_hidden()

    wait_until(is_hidden, "the map to go")


def test_with_tiles_only_their_server_is_asked_and_told_no_path(
    manager: Page, running: Running, vehicle: dict[str, str]
) -> None:
    """The page as it is with TILE_URL and TILE_ATTRIBUTION set, by a server of tiles in the browser."""
    referrers: set[str | None] = set()

    def with_tiles(route: Route) -> None:
        answer = route.fetch()
        policy = answer.headers["content-security-policy"].replace("data:", f"data: {' '.join(tile_sources(TILES))}")
        attribution = "© &lt;a href=&quot;https://example.com&quot;&gt;Example&lt;/a&gt;"
        body = answer.text().replace('data-tiles=""', f'data-tiles="{TILES}"')
        body = body.replace('data-attribution=""', f'data-attribution="{attribution}"')
        route.fulfill(response=answer, body=body, headers={**answer.headers, "content-security-policy": policy})

    def tile(route: Route) -> None:
        referrers.add(route.request.headers.get("referer"))
        route.fulfill(body=TILE, content_type="image/png")

    manager.route(f"**{page_of(running, vehicle)}", with_tiles)
    manager.route("https://tile.example.com/**", tile)
    manager.reload()
    expect(the_map(manager).locator("img.leaflet-tile-loaded").first).to_be_attached()
    expect(the_map(manager).get_by_role("link", name="Example")).to_be_visible()
    assert referrers == {f"{running.demo['web']['url']}/"}


def test_without_javascript_the_coordinates_and_a_link_remain(
    manager: Page, running: Running, vehicle: dict[str, str]
) -> None:
    context = manager.context.browser.new_context(  # type: ignore[union-attr]
        base_url=running.demo["web"]["url"], java_script_enabled=False, storage_state=manager.context.storage_state()
    )
    page = context.new_page()
    page.goto(page_of(running, vehicle))
    expect(page.locator("#map")).to_be_hidden()
    link = page.get_by_role("link", name=re.compile(r"^\d+\.\d{4}° N, \d+\.\d{4}° E \(open in a map\)$"))
    expect(link).to_have_attribute("href", re.compile(r"^geo:\d+\.\d{6},\d+\.\d{6}$"))
    context.close()


def rows(page: Page) -> list[list[str]]:
    inputs = page.locator(".route-row input")
    values: list[str] = inputs.evaluate_all("all => all.map(input => input.value)")
    return [values[place : place + 2] for place in range(0, len(values), 2)]


def test_a_route_is_clicked_together(manager: Page, vehicle: dict[str, str]) -> None:
    manager.get_by_role("link", name="Send a route").click()
    dialog = manager.get_by_role("dialog", name="Send a route")
    board = dialog.get_by_role("region", name="Map: a click adds a place to the route")
    expect(board.locator(".vehicle-mark span")).to_be_visible()
    for number, (x, y) in enumerate([(80, 60), (200, 120), (320, 200)], start=1):
        board.click(position={"x": x, "y": y})
        expect(board.locator(".route-mark")).to_have_count(number)
    expect(dialog.get_by_text("Place 3 is set:")).to_be_visible()
    filled = rows(manager)
    assert len(filled) == 3
    assert all(re.fullmatch(r"\d+\.\d{6}", value) for row in filled for value in row)
    # North is up and east is right.
    latitudes, longitudes = zip(*[[float(value) for value in row] for row in filled], strict=True)
    assert latitudes[0] > latitudes[1] > latitudes[2]
    assert longitudes[0] < longitudes[1] < longitudes[2]

    board.locator(".route-mark span").first.drag_to(board, target_position={"x": 120, "y": 220})
    assert rows(manager)[0] != filled[0]
    assert rows(manager)[1:] == filled[1:]
    dialog.locator(".route-row summary").nth(2).click()
    dialog.get_by_label("Latitude of place 3").fill("")
    expect(board.locator(".route-mark")).to_have_count(2)
    dialog.get_by_label("Latitude of place 3").fill("45,75")
    expect(board.locator(".route-mark")).to_have_count(3)

    sent = rows(manager)
    dialog.get_by_role("button", name="Send").click()
    newest = manager.locator("#history .entry").first
    expect(newest.get_by_role("heading")).to_have_text("Route with 3 stops")
    expect(newest).to_have_attribute("data-status", "Success")
    newest.get_by_text("Request and answers").click()
    body = newest.locator("pre").first.inner_text().partition("\n\n")[2]
    positions = json.loads(body)["navigation"]["positions"]
    wanted = [[float(number.replace(",", ".")) for number in reversed(row)] for row in sent]
    assert [position["coordinates"] for position in positions] == wanted


@pytest.fixture
def refused(manager: Page, running: Running) -> list[str]:
    """The browser is offline but for FleetRemote; gives what else it asked for."""
    home = running.demo["web"]["url"]
    refused: list[str] = []

    def only_home(route: Route) -> None:
        if route.request.url.startswith((home, "data:")):
            return route.fallback()
        refused.append(route.request.url)
        return route.abort()

    manager.context.route("**/*", only_home)
    return refused


def test_a_route_goes_to_a_place_by_name_offline(manager: Page, vehicle: dict[str, str], refused: list[str]) -> None:
    manager.reload()
    expect(the_map(manager).locator(".vehicle-mark")).to_be_attached()
    manager.get_by_role("link", name="Send a route").click()
    dialog = manager.get_by_role("dialog", name="Send a route")
    search = dialog.get_by_role("searchbox", name="Find a place")
    search.fill("villeurb")
    dialog.get_by_role("button", name="Villeurbanne, France").click()
    expect(dialog.locator("[data-words]").first).to_have_text("in Villeurbanne")
    search.fill("saint etienne")
    search.press("Enter")
    expect(dialog.locator("[data-words]").nth(1)).to_have_text("in Saint-Étienne")
    dialog.get_by_role("button", name="Move place 2 up").click()
    expect(dialog.locator("[data-words]").first).to_have_text("in Saint-Étienne")
    dialog.get_by_role("button", name="Remove place 2").click()
    expect(dialog.locator(".route-mark")).to_have_count(1)
    assert [bool(latitude) for latitude, _longitude in rows(manager)] == [True, False]
    dialog.get_by_role("button", name="Send", exact=True).click()
    newest = manager.locator("#history .entry").first
    expect(newest).to_have_attribute("data-status", "Success")
    assert refused == []


def test_a_route_goes_to_a_place_that_the_fleet_saved_offline(
    manager: Page, running: Running, vehicle: dict[str, str], refused: list[str]
) -> None:
    """No coordinate is typed from the place's first day to its last."""
    fleet = f"/fleets/{running.fleet_of(vehicle)['id']}"
    manager.goto(f"{fleet}/places")
    manager.get_by_role("link", name="New place").click()
    expect(manager.get_by_role("region", name="Map: a click says where the place is")).to_be_visible()
    manager.get_by_label("Where it is").fill("villeurb")
    manager.get_by_role("button", name="Villeurbanne, France").click()
    expect(manager.locator("[data-words]")).to_have_text("in Villeurbanne")
    chosen = [float(degrees) for degrees in manager.get_by_label("Where it is").input_value().split(", ")]
    manager.get_by_label("Name of the place").fill("Dépôt Est")
    manager.get_by_role("button", name="Save").click()
    expect(manager.get_by_role("row", name="Dépôt Est")).to_contain_text("Villeurbanne")

    manager.goto(f"{fleet}/map#4/48/8")
    name = manager.locator("#fleet-map .saved-place span", has_text="Dépôt Est")
    expect(name).to_be_visible()
    search = manager.get_by_role("searchbox", name="Find a place")
    search.fill("est")
    search.press("Enter")
    expect(manager).to_have_url(re.compile(r"/map#1\d/45\.7\d*/4\.8\d*$"))
    expect(name).to_be_in_viewport()

    manager.goto(page_of(running, vehicle))
    manager.get_by_role("link", name="Send a route").click()
    dialog = manager.get_by_role("dialog", name="Send a route")
    dialog.get_by_role("searchbox", name="Find a place").click()
    dialog.get_by_role("button", name="Dépôt Est").click()
    expect(dialog.locator("[data-words]").first).to_have_text("at Dépôt Est")
    dialog.get_by_role("button", name="Send", exact=True).click()
    newest = manager.locator("#history .entry").first
    expect(newest).to_have_attribute("data-status", "Success")
    newest.get_by_text("Request and answers").click()
    (position,) = json.loads(newest.locator("pre").first.inner_text().partition("\n\n")[2])["navigation"]["positions"]
    assert position["coordinates"][::-1] == chosen

    manager.goto(f"{fleet}/places")
    manager.get_by_role("link", name="Delete Dépôt Est…").click()
    manager.get_by_role("button", name="Delete").click()
    expect(manager.get_by_text("The place “Dépôt Est” is deleted.")).to_be_visible()
    assert refused == []


def test_no_more_than_ten_places_are_added(manager: Page, vehicle: dict[str, str]) -> None:
    manager.get_by_role("link", name="Send a route").click()
    dialog = manager.get_by_role("dialog", name="Send a route")
    board = dialog.get_by_role("region", name="Map: a click adds a place to the route")
    for number in range(1, 11):
        board.click(position={"x": 40 * number, "y": 40 if number % 2 else 220})
        expect(board.locator(".route-mark")).to_have_count(number)
    board.click(position={"x": 250, "y": 130})
    expect(dialog.get_by_text("A route has 10 places at the most.")).to_be_visible()
    assert len(rows(manager)) == 10
    assert dialog.get_by_label("Longitude of place 10").get_attribute("name") == "longitude10"


def test_maps_fit_a_phone(manager: Page, running: Running, vehicle: dict[str, str]) -> None:
    manager.set_viewport_size({"width": 390, "height": 844})
    widths = "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
    for address in ("", "/actions/new?type=Navigation"):
        manager.goto(page_of(running, vehicle) + address)
        expect(manager.locator(".leaflet-container").first).to_be_visible()
        assert len(set(manager.evaluate(widths))) == 1


def test_a_place_that_is_typed_comes_into_view(manager: Page, vehicle: dict[str, str]) -> None:
    manager.get_by_role("link", name="Send a route").click()
    dialog = manager.get_by_role("dialog", name="Send a route")
    expect(dialog.locator(".vehicle-mark span")).to_be_visible()
    dialog.locator(".route-row summary").first.click()
    latitude, longitude = dialog.locator(".route-row input").all()[:2]
    latitude.fill("47.21")
    longitude.fill("-1.55")
    longitude.press("Tab")
    board = dialog.get_by_role("region", name="Map: a click adds a place to the route")
    expect(board.locator(".route-mark span")).to_be_in_viewport()
    frame, mark = board.bounding_box(), board.locator(".route-mark span").bounding_box()
    assert frame
    assert mark
    assert frame["x"] <= mark["x"] <= frame["x"] + frame["width"]
    assert frame["y"] <= mark["y"] <= frame["y"] + frame["height"]
