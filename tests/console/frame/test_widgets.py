"""Widgets look as Django's own templates render them, whatever they show."""

from collections.abc import Mapping
from typing import Any

import pytest
from django.forms import (
    CheckboxInput,
    DateInput,
    EmailInput,
    HiddenInput,
    NumberInput,
    PasswordInput,
    Select,
    SelectMultiple,
    TextInput,
    TimeInput,
    URLInput,
    Widget,
)
from django.forms.renderers import DjangoTemplates
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy
from hypothesis import given
from hypothesis import strategies as st

from console.frame.widgets import WidgetRenderer

OWN, DJANGOS = WidgetRenderer(), DjangoTemplates()
LABELS = st.one_of(
    st.text(max_size=8),
    st.sampled_from(["", "<b>", '"', "'&", mark_safe("<i>whole</i>"), gettext_lazy("Vehicles"), "a{}b", "%s"]),
    st.integers(),
    st.floats(allow_nan=False),
    st.booleans(),
    st.none(),
)
# In place of a label a tuple would be a group's choices.
VALUES = st.one_of(LABELS, st.just((1, 2)))
ATTRIBUTES = st.dictionaries(st.sampled_from(["id", "class", "required", "data-x", "min"]), VALUES, max_size=4)
OPTIONS = st.lists(st.tuples(VALUES, LABELS), max_size=5)
CHOICES = st.lists(
    st.one_of(st.tuples(VALUES, LABELS), st.tuples(st.text(min_size=1, max_size=5), OPTIONS)), max_size=4
)
INPUTS = (
    TextInput,
    NumberInput,
    EmailInput,
    URLInput,
    HiddenInput,
    PasswordInput,
    CheckboxInput,
    DateInput,
    TimeInput,
)


def looks_as_djangos(widget: Widget, value: Any, attributes: Mapping[str, Any]) -> None:
    own = widget.render("a name", value, dict(attributes), OWN)
    assert own == widget.render("a name", value, dict(attributes), DJANGOS)


@given(CHOICES, VALUES, ATTRIBUTES)
def test_a_choice_of_one(choices: list[Any], value: Any, attributes: dict[str, Any]) -> None:
    looks_as_djangos(Select(choices=choices), value, attributes)


@given(CHOICES, st.lists(VALUES, max_size=3), ATTRIBUTES)
def test_a_choice_of_several(choices: list[Any], values: list[Any], attributes: dict[str, Any]) -> None:
    looks_as_djangos(SelectMultiple(choices=choices), values, attributes)


@pytest.mark.parametrize("kind", INPUTS, ids=lambda kind: kind.__name__)
@given(value=VALUES, attributes=ATTRIBUTES)
def test_an_input(kind: type[Widget], value: Any, attributes: dict[str, Any]) -> None:
    looks_as_djangos(kind(), value, attributes)
