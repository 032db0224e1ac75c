"""What a JSON text costs is known before it is read: its parts are counted, whatever stands in its texts."""

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.parts import TooDeep, TooManyParts, check_parts

NASTY = st.text(st.sampled_from('[]{},:"\\ é\n\x00\ud800'), max_size=12)
LEAVES = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | NASTY
DOCUMENTS = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=5) | st.dictionaries(NASTY, inner, max_size=5), max_leaves=40
)


def parts(value: Any) -> int:
    """As a reader counts them who has made them all."""
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return 1 + sum(map(parts, inside))


def depth(value: Any) -> int:
    if not isinstance(value, dict | list):
        return 0
    return 1 + max(map(depth, value.values() if isinstance(value, dict) else value), default=0)


def empty(value: Any) -> int:
    """What is empty counts as if one thing was in it."""
    if not isinstance(value, dict | list):
        return 0
    inside = list(value.values()) if isinstance(value, dict) else value
    return sum(map(empty, inside)) if inside else 1


@given(DOCUMENTS, st.booleans())
def test_they_are_counted_as_a_reader_counts_them(document: Any, is_ascii: bool) -> None:
    text = json.dumps(document, ensure_ascii=is_ascii).encode(errors="surrogatepass")
    has, lies = parts(document) + empty(document), depth(document)
    check_parts(text, has, lies)
    with pytest.raises(TooManyParts):
        check_parts(text, has - 1, lies)
    if lies:
        with pytest.raises(TooDeep):
            check_parts(text, has, lies - 1)


@given(st.binary(max_size=60) | st.text(st.sampled_from('[]{},"\\'), max_size=60).map(str.encode))
def test_what_is_no_json_is_refused_or_left_to_its_reader(text: bytes) -> None:
    with suppress(TooManyParts, TooDeep):
        check_parts(text, 5, 5)


@pytest.mark.parametrize(
    "text",
    [
        b"[" + b"{}," * 3_000_000 + b"{}]",
        b"[" + b'"",' * 3_000_000 + b'""]',
        b'{"' + b'a":{"' * 1_000_000,
        b"[" * 9_000_000,
    ],
    ids=["objects", "texts", "deep objects", "deep arrays"],
)
def test_a_flood_of_them_is_refused(text: bytes) -> None:
    with pytest.raises(TooManyParts):
        check_parts(text, 250_000, 100)


def test_a_long_text_is_one_part_however_much_it_looks_like_many() -> None:
    check_parts(json.dumps({"detail": '[{"a": 1}, \\", ' * 100_000}).encode(), 10, 5)
