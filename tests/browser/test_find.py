"""A car is found by its plate as people write it down, from whatever page one is on."""

import pytest
from playwright.sync_api import Page, expect

from tests.running import Running

from .conftest import complaints_of, in_shell
from .test_who_did_what import in_blanks


@pytest.fixture(scope="module")
def plate(running: Running) -> str:
    """Of the last vehicle of the last fleet, as on a slip of paper: `ab 123 cd`."""
    vehicle = running.demo["fleets"][-1]["vehicles"][-1]["id"]
    asked = f"from fleets.models import Vehicle; print(Vehicle.objects.get(public_id={vehicle!r}).plate)"
    return in_blanks(in_shell(running, asked))


def test_a_plate_with_blanks_from_any_page(manager: Page, running: Running, plate: str) -> None:
    assert " " in plate
    first, last = running.demo["fleets"][0], running.demo["fleets"][-1]
    vehicle = last["vehicles"][-1]
    other = f"/fleets/{first['id']}"
    deep = f"{other}/vehicles/{first['vehicles'][0]['id']}/history"
    for path in (
        "/",
        "/account",
        "/approvals",
        "/search",
        "/connections/",
        f"{other}/sending/rules",
        deep,
        "/api/docs",
    ):
        manager.goto(path)
        box = manager.locator("#find, #search_q")
        box.fill(plate)
        box.press("Enter")
        link = manager.get_by_role("link", name=vehicle["label"], exact=True)
        heading = manager.get_by_role("heading", level=1, name=vehicle["label"])
        expect(link.or_(heading).first).to_be_visible()
    # Whoever looks before they press chooses from what is found while they type.
    manager.goto(f"{other}/schedules/new")
    manager.keyboard.press("/")
    box = manager.get_by_role("combobox", name="Search all vehicles")
    box.press_sequentially(plate)
    found = manager.get_by_role("option", name=vehicle["label"])
    expect(found).to_contain_text(last["name"])
    found.click()
    expect(manager.get_by_role("heading", level=1)).to_contain_text(vehicle["label"])
    assert complaints_of(manager) == []
