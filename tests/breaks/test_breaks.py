"""Each kept break fits the code as it is; in the long form each is put in and makes its tests red."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.breaks.kept import Break, all_breaks
from tests.breaks.run import ROOT, broken, copied, tried
from tests.long_form import LONG

each_break = pytest.mark.parametrize("kept", all_breaks(), ids=lambda kept: kept.name)


def test_each_has_a_name_of_its_own() -> None:
    names = [kept.name for kept in all_breaks()]
    assert names
    assert len(names) == len(set(names))


@each_break
def test_it_fits_the_code(kept: Break) -> None:
    assert kept.old != kept.new
    text = broken(kept)
    if kept.file.endswith(".py"):
        compile(text, kept.file, "exec")


@each_break
def test_the_tests_that_it_names_are_there(kept: Break) -> None:
    assert kept.tests
    for target in kept.tests:
        file, _, test = target.partition("::")
        assert not test or f"def {test.partition('[')[0]}(" in (ROOT / file).read_text(), target


@pytest.fixture(scope="module")
def copy() -> Iterator[Path]:
    with copied() as copy:
        yield copy


@pytest.mark.skipif(not LONG, reason="puts each break into a copy of the checkout")
@pytest.mark.timeout(320)
@each_break
def test_it_makes_its_tests_red(kept: Break, copy: Path) -> None:
    verdict = tried(copy, kept)
    assert verdict.red, verdict.said
