"""docs/connection-errors.md has each sentence that a test of a connection can say, once."""

import re
from pathlib import Path
from types import ModuleType

import pytest

from gateways import addresses
from gateways.certificates import codes as certificates
from gateways.diagnosis import NAMES, codes, token_codes
from protocol.why import sentences

TEXT = (Path(__file__).resolve().parents[3] / "docs" / "connection-errors.md").read_text()


@pytest.mark.parametrize("module", [addresses, certificates, codes, token_codes], ids=lambda module: module.__name__)
def test_each_sentence_is_documented(module: ModuleType) -> None:
    known = sentences()
    said = {known[value] for value in vars(module).values() if isinstance(value, str) and value in known}
    assert len(said) > 10
    cells = [f"| {re.sub(r'%[(][a-z]+[)]s', '…', sentence)} |" for sentence in said]
    assert [cell for cell in cells if TEXT.count(cell) != 1] == []


def test_each_step_has_its_table() -> None:
    headings = re.findall(r"^## (.+)$", TEXT, re.MULTILINE)
    # What is said of limits is no error.
    assert [name for name in NAMES if name not in headings] == ["limits"]
