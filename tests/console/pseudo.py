"""A language in which every text that is translated stands in ⟦brackets⟧, so that what is not shows on a page."""

import re
from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest
from django.utils import translation

OPEN, CLOSE = "⟦", "⟧"

# Code and literals of the protocol are shown as they are, and so is what says in which language it is.
_VERBATIM = re.compile(r"<(script|style|svg|code|pre|option)\b.*?</\1>|<[^>]*\blang=\"[a-z]{2}\"[^>]*>[^<]*", re.S)
_ATTRIBUTE = re.compile(r"\b(?:aria-label|title|placeholder|alt|data-announce)=\"([^\"]*)\"")
_INNERMOST = re.compile(f"{OPEN}[^{OPEN}{CLOSE}]*{CLOSE}")
_TAG = re.compile(r"<[^>]*>")


def put_in_brackets(monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on Django translates so, whatever the language."""
    # Its functions are put into place at their first use.
    translation.gettext("")
    functions: Any = vars(translation)["_trans"]

    def gettext(text: str) -> str:
        return f"{OPEN}{text}{CLOSE}"

    def ngettext(one: str, many: str, number: int) -> str:
        return gettext(one if number == 1 else many)

    monkeypatch.setattr(functions, "gettext", gettext)
    monkeypatch.setattr(functions, "pgettext", lambda context, text: gettext(text))
    monkeypatch.setattr(functions, "ngettext", ngettext)
    monkeypatch.setattr(functions, "npgettext", lambda context, one, many, number: ngettext(one, many, number))


def left_over(html: str, names: tuple[str, ...] = ()) -> list[str]:
    """What of the page's texts stands outside the brackets, but for these names and numbers with units."""
    return [word for text in _texts(html) if (word := _outside(text, names))]


def _texts(html: str) -> Iterator[str]:
    html = _VERBATIM.sub("", html)
    yield from (unescape(found) for found in _ATTRIBUTE.findall(html))
    body = html.partition("<body")[2].partition(">")[2] or html
    yield from _without_brackets(unescape(_TAG.sub("|", body))).split("|")
    yield unescape("".join(re.findall(r"<title>(.*?)</title>", html, re.S)))


def _outside(text: str, names: tuple[str, ...]) -> str:
    text = _without_brackets(text)
    for name in sorted(names, key=len, reverse=True):
        text = text.replace(name, "")
    return text.strip() if re.search(r"[A-Za-z]{2}", text) else ""


def _without_brackets(text: str) -> str:
    while OPEN in text and (shorter := _INNERMOST.sub("", text)) != text:
        text = shorter
    return text
