"""The page of remote types says what the catalogue says."""

from pathlib import Path

from fleetremote.remote_types import page

PAGE = Path(__file__).resolve().parents[2] / "docs" / "remote-types.md"


def test_the_page_is_what_the_catalogue_says() -> None:
    made = "script/manage remote_types > docs/remote-types.md"
    assert PAGE.read_text().strip() == page().strip(), f"look at the change, then: {made}"
