"""Every page, light and dark, on a wide screen and a phone: axe-core finds nothing, and nothing scrolls sideways."""

import json
from collections.abc import Iterator
from typing import Any, Literal
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect

from console.vehicle_list.columns import COLUMNS
from tests.long_form import LONG, draw
from tests.pages import urlpatterns
from tests.running import Running

from .conftest import in_shell, log_in, reach
from .outside import text_outside

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
OPTIONS = {"runOnly": {"type": "tag", "values": TAGS}, "resultTypes": ["violations"]}

# Where axe-core looks: everywhere in the long form, else at one that is drawn for each page.
Place = tuple[int, Literal["light", "dark"]]
PLACES: list[Place] = [(1280, "light"), (1280, "dark"), (390, "light"), (390, "dark")]

# What has no page of its own: it changes something and leads on, or is a part of a page, a stream, or a table.
CHANGES = {
    "put-away-result",
    "logout",
    "account_logout",
    "end-session",
    "sign-on",
    "sign-on-again",
    "sign-on-callback",
    "end-other-sessions",
    "keep-typed",
    "change-view",
    "delete-view",
    "open-with-view",
    "cancel-action",
    "pause-callback",
    "resume-callback",
    "test-callback",
    "send-batch-again",
    "check-bulk",
    "start-bulk",
    "stop-bulk",
    "repeat-bulk",
    "pause-schedule",
    "resume-schedule",
    "send-saved-command",
    "choose-alerts",
    "choose-language",
    "choose-density",
    "settle-alert",
    "check-gateway",
    "fleet-map-chosen",
    "map-of-all-chosen",
    "read-state",
    "read-site-certificate",
    "run-connection",
    "choose-fleets",
    "go-on-connection",
    "take-back-credentials",
    "remove-connection",
    "make-label-import",
    "resume-client",
    "end-trust",
    "ask-confirmation",
    "resend-invitation",
    "withdraw-invitation",
    "resend-invitation-of-all",
    "withdraw-invitation-of-all",
    "lock-account",
    "open-account",
    "make-admin",
    "take-admin",
    "ask-confirmation-of-admin",
}
PARTS = {
    "find-place",
    "find-fleet-place",
    "name-position",
    "name-fleet-position",
    "towns",
    "script-words",
    "manifest",
    "service-worker",
    "waiting",
    "needs",
    "fleet-choices",
    "vehicle-news",
    "vehicle-live",
    "overview-news",
    "actions-news",
    "fleet-map-news",
    "fleet-map-positions",
    "map-of-all-news",
    "map-of-all-positions",
    "fleet-live",
    "bulk-news",
    "bulk-live",
    "connection-news",
}
TABLES = {
    "vehicle-table",
    "action-table",
    "plot-table",
    "bulk-table",
    "label-table",
    "audit-table",
    "audit-table-of-all",
}

# Menus lie over what is below them.
UNFOLD = "for (const fold of document.querySelectorAll('main details:not(.row-menu)')) fold.open = true"

# Where a page is not seen without a query, and where several queries lead to pages of another kind.
QUERIES = {
    "vehicles": ["", "?q=nothing+is+called+so", "?view=", f"?view=&{'&'.join(f'col={name}' for name in COLUMNS)}"],
    "search": ["", "?q=lyon", "?q=nothing+is+called+so"],
    "new-bulk": ["?all=yes&view=", "?all=yes&view=&kind=Preconditioning"],
    "send-action": ["?command=immobilise"],
    "new-action": [f"?type={name}" for name in ("Preconditioning", "Charging", "Navigation", "Stolen", "Horn")],
    "new-saved-command": ["?type=Preconditioning"],
    "decide-action": ["?happened=no"],
    "audit": ["", "?who=nobody+is+called+so"],
    "schedules": ["", "?state=paused", "?state=ended"],
    "bulk": ["", "?only=skip"],
    "plots": ["", "?plot=times&span=24h", "?plot=charge"],
    "replay-batches": ["?what=failures&since=2026-01-01T00:00"],
}
# The action that a page is about.
ACTIONS = {"approve-action": "waiting_id", "decide-action": "unknown_id", "repeat-action": "given_up_id"}
ACTIONS |= {"refuse-action": "waiting_id"}


def names() -> list[str]:
    return [str(pattern.name) for pattern in urlpatterns]


# These are seen without the login, by a link in an e-mail (test_accounts.py), with second factors
# (test_second_factor.py), or while all sending is stopped.
ELSEWHERE = {
    "invitation",
    "invitation-link",
    "mfa_authenticate",
    "sign-on-onward",
    "second-factor",
    "second-factor-app",
    "second-factor-passkey",
    "recovery-codes",
    "remove-factor",
    "ask-again",
    "take-second-factor",
    # The same question as to approve, behind a second factor.
    "break-glass",
    "login",
    "account_login",
    "first-admin",
    "first-admin-link",
    "new-password",
    "new-password-link",
    "confirm-address",
    "lift-sending-of-all",
}
VISITED = sorted(set(names()) - CHANGES - PARTS - TABLES - ELSEWHERE)


@pytest.fixture(scope="module")
def showroom(running: Running) -> Iterator[dict[str, str]]:
    """The ids of one of everything."""
    target = f"{running.environment['RECEIVER_URL']}/showroom"
    yield json.loads(in_shell(running, f"from tests.browser import showroom; showroom.printed({target!r})"))
    in_shell(running, "from tests.browser import showroom; showroom.leave()")


@pytest.fixture(scope="module")
def still(browser: Browser, running: Running) -> Iterator[Page]:
    """A page of the fleet manager in which nothing moves, since colours are looked at."""
    context = browser.new_context(base_url=running.demo["web"]["url"], reduced_motion="reduce")
    page = context.new_page()
    log_in(page, running)
    yield page
    context.close()


def address(name: str, ids: dict[str, str]) -> str:
    pattern = next(pattern for pattern in urlpatterns if pattern.name == name)
    known = ids | {"action_id": ids[ACTIONS.get(name, "failed_id")]}
    if name == "edit-alert-webhook":
        known["callback_id"] = ids["alert_webhook_id"]
    if name == "proposal-of-all":
        known["proposal_id"] = ids["of_all_id"]
    if name == "lift-sending":
        known["fleet_id"] = ids["stopped_fleet_id"]
    return reverse(name, kwargs={part: known[part] for part in pattern.pattern.converters})


def faults(page: Page) -> list[str]:
    """What axe-core has against the page as it stands."""
    found: list[dict[str, Any]] = Axe().run(page, options=OPTIONS).response["violations"]
    nodes = ((fault["id"], node) for fault in found for node in fault["nodes"])
    return [f"{name}: {node['html'][:200]} ({node['failureSummary']})" for name, node in nodes]


def is_too_wide(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))


def useless_on_paper(page: Page) -> list[str]:
    """What there is to press on the page as it is printed."""
    page.emulate_media(media="print", color_scheme="light")
    pressed = page.locator("button:visible, .button:visible, header.bar:visible, nav.tabs:visible, nav.pager:visible")
    found = [f"on paper: {each.evaluate('element => element.outerHTML')[:200]}" for each in pressed.all()]
    page.emulate_media(media="screen")
    return found


def judge(page: Page, path: str) -> list[str]:
    """Everything that is wrong with the page at this address, in the language that it is shown in."""
    wrong = []
    places = PLACES if LONG else [draw.choice(PLACES)]
    for width in (1600, 1280, 390, 320):
        page.set_viewport_size({"width": width, "height": 900})
        if width == 390:
            page.evaluate(UNFOLD)
        if is_too_wide(page):
            wrong.append(f"{path} scrolls sideways at {width} px")
        if width == 390:
            wrong += [f"{path} at {width} px: {text}" for text in text_outside(page)]
        for theme in (theme for at, theme in places if at == width):
            page.emulate_media(color_scheme=theme)
            wrong += [f"{path} at {width} px, {theme}: {fault}" for fault in faults(page)]
    return wrong + [f"{path} {fault}" for fault in useless_on_paper(page)]


def visit(page: Page, path: str, status: int = 200) -> None:
    answer = page.goto(path)
    assert answer is not None
    assert answer.status == status, path
    assert urlsplit(page.url).path == urlsplit(path).path, "it leads elsewhere"
    expect_no_fault(page, path)


def expect_no_fault(page: Page, what: str) -> None:
    wrong = judge(page, what)
    assert not wrong, "\n".join(wrong)


def test_each_address_is_looked_at_or_known_to_have_no_page() -> None:
    listed = [*VISITED, *ELSEWHERE, *CHANGES, *PARTS, *TABLES]
    assert sorted(names()) == sorted(listed)


@pytest.mark.drawn("pages", 4, of="tests")
@pytest.mark.parametrize("name", VISITED)
def test_a_page_has_no_fault(name: str, still: Page, showroom: dict[str, str]) -> None:
    for query in QUERIES.get(name, [""]):
        visit(still, address(name, showroom) + query)


def test_longer_words_fit_as_well(still: Page, running: Running, showroom: dict[str, str]) -> None:
    """French takes more room: nothing scrolls sideways on the smallest screens, and no text leaves its box."""
    cookie = {"name": "fleetremote_language", "value": "fr", "url": running.demo["web"]["url"]}
    names = VISITED if LONG else draw.sample(VISITED, len(VISITED) // 3)
    paths = [address(name, showroom) + query for name in names for query in QUERIES.get(name, [""])]
    still.context.add_cookies([cookie])  # type: ignore[list-item]
    too_wide = []
    for path in paths:
        still.goto(path)
        still.evaluate(UNFOLD)
        for width in (390, 320):
            still.set_viewport_size({"width": width, "height": 900})
            if is_too_wide(still):
                too_wide.append(f"{path} at {width} px")
            if width == 390:
                too_wide += [f"{path}: {text}" for text in text_outside(still)]
    still.context.clear_cookies(name="fleetremote_language")
    assert not too_wide, "\n".join(too_wide)


def test_a_bulk_command_that_was_stopped(still: Page, showroom: dict[str, str]) -> None:
    visit(still, address("bulk", showroom | {"bulk_id": showroom["stopped_bulk_id"]}))


def test_the_entrance_and_what_is_not_there(browser: Browser, running: Running) -> None:
    context = browser.new_context(base_url=running.demo["web"]["url"], reduced_motion="reduce")
    page = context.new_page()
    visit(page, "/login")
    visit(page, "/nothing-is-here", 404)
    context.close()


def test_an_invitation_and_one_that_is_over(browser: Browser, running: Running, showroom: dict[str, str]) -> None:
    context = browser.new_context(base_url=running.demo["web"]["url"], reduced_motion="reduce")
    page = context.new_page()
    visit(page, "/invitation", 404)
    page.goto(reverse("invitation-link", args=[showroom["invitation_token"]]))
    visit(page, "/invitation")
    page.get_by_role("button", name="Make the account").click()
    expect(page.locator(".field-error").first).to_be_visible()
    expect_no_fault(page, "an invitation that was filled in wrongly")
    context.close()


def test_while_sending_is_stopped_for_all(still: Page) -> None:
    still.goto(reverse("stop-sending-of-all"))
    still.get_by_label("Why").fill("The workshop moves the vehicles.")
    still.get_by_role("button", name="Stop").click()
    visit(still, reverse("lift-sending-of-all"))
    still.get_by_role("radio").first.check()
    still.get_by_role("button", name="Allow sending").click()
    expect(still.get_by_role("heading", name="Sending is allowed")).to_be_visible()


@pytest.mark.parametrize(
    "name",
    ["new-callback", "new-schedule", "new-alert-webhook", "new-view", "new-saved-command", "labels", "new-invitation"],
)
def test_a_form_that_is_refused(name: str, still: Page, showroom: dict[str, str]) -> None:
    still.goto(address(name, showroom) + QUERIES.get(name, [""])[0])
    still.locator("main .button.primary").last.click()
    expect(still.locator(".error-summary, .field-error").first).to_be_visible()
    expect_no_fault(still, name)


def test_dialogs(still: Page, showroom: dict[str, str]) -> None:
    still.goto(address("vehicle", showroom))
    for opener in ("command-immobilise", "form-Preconditioning", "show-keys"):
        reach(still, opener).click()
        dialog = still.get_by_role("dialog")
        expect(dialog).to_be_visible()
        expect_no_fault(still, opener)
        still.keyboard.press("Escape")
        expect(dialog).to_be_hidden()


def test_a_file_with_errors_and_one_that_was_taken(still: Page, showroom: dict[str, str]) -> None:
    still.goto(address("labels", showroom))
    data = b"VIN,Label\nx,y\nVF3SHWZKX00001999,a\n,b\n"
    still.get_by_label("CSV file").set_input_files({"name": "x.csv", "mimeType": "text/csv", "buffer": data})
    still.get_by_role("button", name="Check the file").click()
    expect(still.get_by_role("alert").filter(has_text="3 things are wrong")).to_be_visible()
    expect_no_fault(still, "a file with errors")
    still.goto(address("label-import", showroom))
    still.get_by_role("button", name="Change 2 vehicles").press("Enter")
    expect(still.get_by_role("status").filter(has_text="2 vehicles changed.")).to_be_visible()
    expect_no_fault(still, "a file that was taken")
