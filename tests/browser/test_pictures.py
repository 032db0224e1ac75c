"""`script/screenshots` pictures every page that a person sees, and the docs show pictures that it takes."""

import re
import runpy
from urllib.parse import urlsplit

import pytest
from django.urls import resolve

from launcher.environment import ROOT

from .test_axe import CHANGES, PARTS, TABLES, names

SCRIPT = runpy.run_path(str(ROOT / "script" / "screenshots_pages.py"))
PICTURES: dict[str, str] = SCRIPT["PICTURES"]


def page_of(address: str) -> str:
    """The name of the page at an address with ids in braces."""
    return str(resolve(urlsplit(re.sub(r"\{\w+\}", "1", address)).path).url_name)


# They are there only before anybody can log in, or by a link in an e-mail; and the login has two names.
BEFORE_ALL = {"first-admin", "first-admin-link", "new-password", "new-password-link", "confirm-address"}
BEFORE_ALL |= {"account_login", "invitation", "invitation-link"}
# Somebody has a second factor there, or a passkey's device, or comes from single sign-on.
BEFORE_ALL |= {"mfa_authenticate", "second-factor-passkey", "recovery-codes", "remove-factor", "take-second-factor"}
BEFORE_ALL |= {"sign-on-onward"}
# Another person has asked for it.
BEFORE_ALL |= {"approve-action", "refuse-action", "break-glass", "review", "proposal-of-all"}


def test_each_page_is_pictured_or_known_to_have_none() -> None:
    pictured = {page_of(address) for address in PICTURES.values()}
    assert pictured == set(names()) - CHANGES - PARTS - TABLES - BEFORE_ALL


@pytest.mark.parametrize("page", ["README.md", "docs/tour.md", "docs/connecting.md"])
def test_pictures_in_the_docs_are_those_that_are_taken(page: str) -> None:
    shown = re.findall(r"img/([\w-]+)-(?:1280|390)-(?:light|dark)\.png", (ROOT / page).read_text())
    assert shown
    assert set(shown) <= set(PICTURES)


def test_each_picture_that_is_kept_is_shown_and_the_other_way_round() -> None:
    assert SCRIPT["SHOWN"] == {picture.name for picture in (ROOT / "docs" / "img").iterdir()}
