"""The pages at /api/docs: axe-core finds nothing, and nothing scrolls sideways, in both languages."""

import pytest
from playwright.sync_api import Page

from .test_axe import is_too_wide, still, visit  # noqa: F401

PAGES = ["", "?api=v1&in=python", "/remote-types", "/errors", "/notifications", "/v3", "/v1"]


@pytest.mark.drawn("pages of the API", 2, of="tests")
@pytest.mark.parametrize("path", PAGES)
def test_a_page_has_no_fault(path: str, still: Page) -> None:  # noqa: F811
    visit(still, f"/api/docs{path}")


def test_french_headings_fit_as_well(still: Page) -> None:  # noqa: F811
    still.goto("/api/docs")
    cookie = {"name": "fleetremote_language", "value": "fr", "url": still.url}
    still.context.add_cookies([cookie])  # type: ignore[list-item]
    still.set_viewport_size({"width": 320, "height": 900})
    too_wide = []
    for path in PAGES:
        still.goto(f"/api/docs{path}")
        too_wide += [path] if is_too_wide(still) else []
    still.context.clear_cookies(name="fleetremote_language")
    assert too_wide == []
