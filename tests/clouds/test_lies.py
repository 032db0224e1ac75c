"""The clouds know nothing of ours, and lie only as they are told to."""

import ast
import json
import sys
from dataclasses import fields
from pathlib import Path

import pytest

from tests.clouds.book import Manners
from tests.clouds.conftest import V1, V3
from tests.clouds.lists import LIES as ITS_LIES
from tests.clouds.web import LOST
from tests.faults.matrix.lies import ANSWERS, LIES
from tests.faults.matrix.plan import FAULTS, MANNERS

FOLDER = Path(__file__).parent
OF_TESTS = ("conftest", "test_")


@pytest.mark.parametrize(
    "path", [path for path in sorted(FOLDER.glob("*.py")) if not path.stem.startswith(OF_TESTS)], ids=lambda p: p.stem
)
def test_they_know_the_standard_library_and_themselves(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text())):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        names += [str(node.module)] if isinstance(node, ast.ImportFrom) else []
        for name in names:
            assert name.startswith("tests.clouds") or name.partition(".")[0] in sys.stdlib_module_names


def test_every_lie_and_lost_answer_is_told() -> None:
    assert {lie.name for lie in LIES.values()} - {""} == set(ITS_LIES)
    assert {*ANSWERS, "429"} == set(LOST)
    assert {*MANNERS} == {*FAULTS}
    for manners in MANNERS.values():
        assert manners.keys() <= {field.name for field in fields(Manners)}
        assert manners.get("before", "cut") in LOST


@pytest.mark.parametrize("lie", [name for name in ITS_LIES if name not in ("is a web page", "is gone")])
def test_a_list_that_lies_never_shows_the_label_and_tells_the_truth_again(client: V3 | V1, lie: str) -> None:
    client.ask("PUT", f"/control/vehicles/{client.vehicle}", {"lie": lie, "seconds": 60})
    client.ask("POST", client.remotes, client.horn("ours, and longer than there is room"))
    assert "than there is room" not in json.dumps(client.ask("GET", client.remotes))
    client.ask("PUT", f"/control/vehicles/{client.vehicle}", {})
    assert "than there is room" in json.dumps(client.ask("GET", client.remotes))
