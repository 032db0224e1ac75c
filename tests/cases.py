"""What clouds really say: cases that stand beside the project's folder, where they are at hand."""

import json
from pathlib import Path
from typing import Any

import pytest

_PLACE = Path(__file__).resolve().parents[2] / "shared" / "cases"


def case(name: str) -> Any:
    """What the case of this name holds; a test skips, and says so, where there are none."""
    path = _PLACE / f"{name}.json"
    if not path.exists():
        pytest.skip(f"{path} is not there: what clouds really say is not tried")
    return json.loads(path.read_text())
