"""Requests that are made up from an OpenAPI document: how many, with which ids, and what a stranger is told."""

from collections.abc import Callable, Collection, Mapping
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode

from tests.long_form import LONG

from .conftest import one_connection

MODES = [GenerationMode.POSITIVE, GenerationMode.NEGATIVE]
NONSENSE = ("", "Basic", "Basic Og==", "Basic \x7f", "Bearer", "Bearer x", "Basic " + "A" * 9999, "Bearer " + "x" * 999)


def made_up(operations: Collection[str], short: int) -> Callable[[Any], Any]:
    """A test of `label`, `mode`, `data`: `short` cases of each operation and mode, 10,000 in all in the long form."""
    each = settings(
        max_examples=-(-10_000 // (len(operations) * len(MODES))) if LONG else short,
        derandomize=not LONG,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )

    def decorated(test: Any) -> Any:
        test = each(given(data=st.data())(test))
        for mark in (
            pytest.mark.parametrize("label", list(operations)),
            pytest.mark.parametrize("mode", MODES, ids=str),
            pytest.mark.timeout(1800 if LONG else 180),
        ):
            test = mark(test)
        return test

    return decorated


def may_know(case: Any, ids: Mapping[str, str], data: st.DataObject) -> bool:
    """Put what is there into the address of the case, mostly; whether it was."""
    if not data.draw(st.integers(0, 4)):
        return False
    known = {name: value for name, value in ids.items() if f"{{{name}}}" in case.path}
    case.path_parameters = {**(case.path_parameters or {}), **known}
    return True


def tells_a_stranger_only_that(case: Any, ids: Mapping[str, str], data: st.DataObject) -> None:
    """Ask without credentials, or with nonsense."""
    may_know(case, ids, data)
    shown = data.draw(st.none() | st.sampled_from(NONSENSE))
    if shown is not None:
        case.headers["Authorization"] = shown
    with one_connection():
        answer = case.call()
    # An address that leads nowhere does so for everybody.
    assert answer.status_code in (401, 404), answer.status_code
    assert not {*ids.values()} & {*answer.text.split('"')}
