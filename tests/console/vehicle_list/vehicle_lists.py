"""Reads the list of vehicles as a person sees it."""

import re
from html import unescape

from django.test import Client

from fleets.models import Fleet

_ROW = re.compile(r'<th scope="row"[^>]*><a class="stretched"[^>]*>(.*?)</a>')
_NEXT = re.compile(r'rel="next" href="([^"]*)"')


def html_of(client: Client, fleet: Fleet, query: str = "", **headers: str) -> str:
    """The page, with its white space as one sees it."""
    answer = client.get(f"/fleets/{fleet.public_id}{query and '?' + query}", headers=headers)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def names_in(html: str) -> list[str]:
    """What the vehicles of a page are called, in their order."""
    return [unescape(name) for name in _ROW.findall(html)]


def shown(client: Client, fleet: Fleet, query: str = "") -> list[str]:
    return names_in(html_of(client, fleet, query))


def next_query(html: str) -> str:
    """The query string of the next page, empty on the last one."""
    found = _NEXT.search(html)
    return unescape(found[1]).partition("?")[2] if found else ""


def walk(client: Client, fleet: Fleet, query: str = "") -> list[list[str]]:
    """All pages, one after the other."""
    pages = []
    html = html_of(client, fleet, query)
    while True:
        pages.append(names_in(html))
        following = next_query(html)
        if not following:
            return pages
        html = html_of(client, fleet, following)
