"""The pages of remote types and of the dialects say what the catalogue says."""

from pathlib import Path

from fleetremote.reference import dialects, remote_types

DOCS = Path(__file__).resolve().parents[2] / "docs"


def test_the_page_of_remote_types_is_what_the_catalogue_says() -> None:
    made = "script/manage remote_types > docs/remote-types.md"
    page = DOCS / "remote-types.md"
    assert page.read_text().strip() == remote_types.page().strip(), f"look at the change, then: {made}"


def test_the_page_of_the_dialects_is_what_the_forms_say() -> None:
    made = "script/manage dialects > docs/dialects.md"
    page = DOCS / "dialects.md"
    assert page.read_text().strip() == dialects.page().strip(), f"look at the change, then: {made}"
