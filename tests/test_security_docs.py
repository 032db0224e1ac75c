"""What is said to be held has a test that exists, and each requirement of ASVS 5.0, levels 1 and 2, has its line."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SECURITY, THREATS = ROOT / "docs" / "security.md", ROOT / "THREAT_MODEL.md"

# How many requirements of levels 1 and 2 each section has, numbered from 1; those of level 3 come after them.
SECTIONS = {
    **{"1.1": 2, "1.2": 9, "1.3": 11, "1.4": 3, "1.5": 2, "2.1": 3, "2.2": 3, "2.3": 4, "2.4": 1},
    **{"3.2": 2, "3.3": 4, "3.4": 6, "3.5": 5, "3.7": 2, "4.1": 3, "4.2": 1, "4.3": 2, "4.4": 4},
    **{"5.1": 1, "5.2": 3, "5.3": 2, "5.4": 3, "6.1": 3, "6.2": 12, "6.3": 4, "6.4": 4, "6.5": 5, "6.6": 3, "6.8": 4},
    **{"7.1": 3, "7.2": 4, "7.3": 2, "7.4": 5, "7.5": 2, "7.6": 2, "8.1": 2, "8.2": 3, "8.3": 1, "8.4": 1},
    **{"9.1": 3, "9.2": 4, "10.1": 2, "10.2": 2, "10.3": 4, "10.4": 11, "10.5": 5, "10.6": 2, "10.7": 3},
    **{"11.1": 2, "11.2": 3, "11.3": 3, "11.4": 4, "11.5": 1, "11.6": 1, "12.1": 3, "12.2": 2, "12.3": 4},
    **{"13.1": 1, "13.2": 5, "13.3": 2, "13.4": 5, "14.1": 2, "14.2": 4, "14.3": 3, "15.1": 3, "15.2": 3, "15.3": 7},
    **{"16.1": 1, "16.2": 5, "16.3": 4, "16.4": 3, "16.5": 3},
}
REQUIREMENTS = {f"{section}.{number}" for section, most in SECTIONS.items() for number in range(1, most + 1)} | {"17"}
TEST = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")


def rows(path: Path) -> Iterator[list[str]]:
    """The cells of each line of its tables, without their heads."""
    for line in path.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split(" |")]
        if line.startswith("| ") and cells[-1] != "shown by" and not set(line) <= set("|- "):
            yield cells


def numbers(text: str) -> Iterator[str]:
    """`1.2.1, 1.2.3–1.2.5`, one by one."""
    for part in text.split(", "):
        first, _, last = part.partition("–")
        section, _, number = first.rpartition(".")
        for each in range(int(number), int(last.rpartition(".")[2] or number) + 1):
            yield f"{section}.{each}" if section else str(each)


def exists(path: str, name: str) -> bool:
    file = ROOT / path
    return file.exists() and re.search(rf"^(async )?def {name}\(", file.read_text(encoding="utf-8"), re.M) is not None


def test_each_requirement_has_one_line() -> None:
    told = [number for row in rows(SECURITY) for number in numbers(row[0])]
    assert sorted(told) == sorted(set(told))
    assert set(told) == REQUIREMENTS
    assert len(REQUIREMENTS) > 240


def test_each_line_says_how_it_stands_and_what_is_held_has_a_test() -> None:
    found = list(rows(SECURITY))
    assert {row[1] for row in found} == {"held", "not held", "n/a"}
    assert [row for row in found if len(row) != 4 or not row[2]] == []
    assert [row for row in found if bool(TEST.fullmatch(row[3])) != (row[1] == "held")] == []


def test_each_threat_has_what_stops_it_and_a_test() -> None:
    found = list(rows(THREATS))
    assert len(found) > 30
    assert [row for row in found if len(row) != 3 or not row[1] or not TEST.fullmatch(row[2])] == []


@pytest.mark.parametrize("path", [SECURITY, THREATS], ids=["security", "threats"])
def test_each_test_that_is_named_exists(path: Path) -> None:
    named = TEST.findall(path.read_text(encoding="utf-8"))
    assert len(named) > 30
    assert [f"{file}::{name}" for file, name in named if not exists(file, name)] == []
