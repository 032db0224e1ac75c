"""Each page has a title of its own, which says what it is before whose, and one heading of the first order."""

import re
from html import unescape

import pytest

from .conftest import Rights
from .table import LET_IN, PEOPLE, QUERIES, TABLE
from .world import addresses

pytestmark = pytest.mark.django_db

_TITLE = re.compile(r"<title>(.*?)</title>", re.DOTALL)
_HEADING = re.compile(r"<h1[ >]")


def pages(rights: Rights) -> dict[str, str]:
    """The pages that an admin finds, by their names."""
    found = {}
    for address in addresses():
        kind = TABLE.get(address.name)
        if kind is None or "GET" not in kind.methods.split() or not kind.known >= PEOPLE or kind.is_api:
            continue
        if kind.expected("root", "GET") != LET_IN or "live" in address.name:
            continue
        answer = rights.callers["root"].ask("GET", address.of(rights.lyon) + QUERIES.get(address.name, ""))
        text = answer.getvalue().decode(errors="replace")
        if answer.status_code == 200 and "<title>" in text and 'class="bar"' in text:
            found[address.name] = text
    return found


def test_each_page_has_its_title_and_one_heading(rights: Rights) -> None:
    titles: dict[str, list[str]] = {}
    for name, text in pages(rights).items():
        title = unescape(_TITLE.search(text)[1].strip())  # type: ignore[index]
        assert title.endswith(" · FleetRemote"), (name, title)
        assert len(_HEADING.findall(text)) == 1, name
        titles.setdefault(title, []).append(name)
    assert {title: names for title, names in titles.items() if len(names) > 1} == {}
    assert len(titles) > 60
