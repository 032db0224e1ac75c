"""No cell that we write is a formula, however somebody hides its sign, and what we read again is what was there."""

import csv
import io
import re
import sys
import unicodedata
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.spreadsheet import lines
from fleets.words.cells import unguarded

SIGNS = "=+-@|%\u2212"
UNSEEN = {"Zs", "Zl", "Zp", "Cc", "Cf"}
NASTY = st.text(st.sampled_from("=+-@|%＝﹣−'\"\\ \t\r\n;,\u200b\ufeff\u3000a1"), max_size=12)


def written(*texts: str) -> str:
    return "".join(lines(["first"], [list(texts)])).split("\r\n", 1)[1]


def read(file: str, separator: str = ",") -> Iterator[list[str]]:
    return csv.reader(io.StringIO(file, newline=""), delimiter=separator)


def read_again(*texts: str) -> list[str]:
    return [unguarded(cell) for cell in next(read(written(*texts)))]


def is_formula(cell: str) -> bool:
    """What a spreadsheet may compute: the first that is seen, in its plain form, is a sign. A number is none."""
    seen = next((char for char in cell if unicodedata.category(char) not in UNSEEN), "")
    return unicodedata.normalize("NFKC", seen)[:1] in tuple(SIGNS) and not re.fullmatch(r"-?[0-9.,]+\n?", cell)


HIDDEN = [
    *("=1+1", "+1+1", "-1+1", "@SUM(A1)", "|calc", "%0A", "=cmd|' /C calc'!A0", "-", "+33 6 12", "'=1", "''--"),
    *(" =1", "\t=1", "\r=1", "\n=1", "\r\n=1", " \n =1", "\u00a0=1", "\u3000=1", "\x00=1", "\x0b=1", "\x1f=1"),
    *("\ufeff=1", "\u200b=1", "\u200e=1", "\u202e=1", "\u2060=1", "\u2800=1", "\u3164=1", "\u00ad=1"),
    *(
        "＝1",
        "﹦1",
        "⁼1",
        "＋1",
        "﹢1",
        "－1",
        "﹣1",
        "−1",
        "＠SUM",
        "﹫SUM",
        "｜calc",
        "％1",
        "⩵1",
        "\n＝1",
        "\u200b＝1",
    ),
    *("a;=1", "a; ＝1", "a\n=1", "a\r=1", "a\t=1", "a;'=1", "\n;\t=1"),
    *("\t", "\r", "\nx", "\tx"),
]


@pytest.mark.parametrize("text", HIDDEN)
def test_no_form_of_a_leading_formula_is_one(text: str) -> None:
    for separator in ",;\t":
        cells = [cell for row in read(written("VIN", text), separator) for cell in row]
        assert [cell for cell in cells if is_formula(cell)] == []
    assert not next(read(written(text)))[0].startswith(("\t", "\r", "\n"))
    assert read_again(text, "=2") == [text, "=2"]


@pytest.mark.parametrize("text", ["", "a=1", "Horn", "'", "'a", "L'été", "AB-123-CD", "1+1", "50 %", "-5", "-1.5", "é"])
def test_what_is_no_formula_stands_as_it_is(text: str) -> None:
    assert next(read(written(text))) == ([text] if text else [""])
    assert read_again(text) == [text]


@given(st.lists(NASTY, min_size=1, max_size=3))
def test_what_is_read_again_is_what_was_there(texts: list[str]) -> None:
    assert read_again(*texts) == texts


@given(st.lists(NASTY, min_size=1, max_size=3))
def test_no_spreadsheet_finds_a_formula_by_whatever_separator(texts: list[str]) -> None:
    for separator in ",;\t":
        rows = read(written("x", *texts), separator)
        assert [cell for row in rows for cell in row if is_formula(cell)] == []


def test_all_of_unicode_that_looks_like_a_sign_or_is_not_seen_is_known() -> None:
    """So that a new Unicode is noticed."""
    every = [chr(code) for code in range(sys.maxunicode + 1) if not 0xD800 <= code < 0xE000]
    signs = [char for char in every if unicodedata.normalize("NFKC", char)[:1] in tuple(SIGNS)]
    unseen = [char for char in every if unicodedata.category(char) in UNSEEN]
    assert len(signs) > 20
    assert len(unseen) > 200
    rows = list(read("".join(lines(["x"], [[f"{char}1+1"] for char in signs] + [[f"{char}=1"] for char in unseen]))))
    assert [row for row in rows[1:] if not row[0].startswith("'")] == []
