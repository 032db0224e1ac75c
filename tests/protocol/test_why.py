"""Why something is so: a code with values, from which words are made."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.why import AS_WRITTEN, Why, code, read_why, sentences, worded

CLOUD = code("test-cloud", "The cloud is down. %(why)s Wait for %(others)s.")
OTHERS = code("test-others", "%(number)s others")

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
NAMES = st.sampled_from(["who", "why", "number", "self", "code"])
WHYS = st.recursive(
    st.builds(Why, st.sampled_from([CLOUD, OTHERS, "of-later"])),
    lambda inner: st.builds(
        lambda name, values: Why(name, **values),
        st.sampled_from([CLOUD, OTHERS, "of-later"]),
        st.dictionaries(NAMES, TEXT | st.integers() | inner, max_size=3),
    ),
    max_leaves=5,
)


def test_words_are_made_of_the_code_and_its_values():
    why = Why(CLOUD, why="It rains.", others=Why(OTHERS, number=1200))
    assert str(why) == "The cloud is down. It rains. Wait for 1,200 others."


def test_another_language_says_each_part_in_its_own_way():
    french = {
        "The cloud is down. %(why)s Wait for %(others)s.": "%(others)s : %(why)s",
        "%(number)s others": "%(number)s autres",
    }
    why = Why(CLOUD, why="Il pleut.", others=Why(OTHERS, number=1200))
    assert worded(why, french.__getitem__, lambda number: f"{number:_}") == "1_200 autres : Il pleut."


@given(WHYS)
def test_what_is_stored_is_read_again(why: Why):
    assert read_why(json.loads(json.dumps(why.document()))) == why
    assert isinstance(str(why), str)


@pytest.mark.parametrize("stored", [None, "", "Not sent.", [], {}, {"code": 3}, {"values": {"why": "x"}}])
def test_what_is_no_why_is_none(stored: Any):
    assert read_why(stored) is None


def test_a_code_of_another_version_is_shown_with_its_values():
    why = read_why(
        {
            "code": "of-later",
            "values": {"what": "door", "odd": [1], "is": True, "much": {"code": OTHERS, "values": {"number": 2}}},
        }
    )
    assert str(why) == "of-later door [1] True 2 others"


def test_a_value_that_is_missing_leaves_its_place_empty():
    assert str(Why(OTHERS)) == " others"


def test_values_that_a_person_or_a_cloud_has_written_are_no_templates():
    assert str(Why(AS_WRITTEN, text="100 %(why)s %s %")) == "100 %(why)s %s %"


def test_what_no_database_can_hold_is_replaced():
    why = Why(AS_WRITTEN, text="half \ud800, none \x00")
    assert str(why) == "half ?, none \N{REPLACEMENT CHARACTER}"
    assert read_why(why.document()) == why


def test_a_code_stands_for_one_sentence():
    assert code("test-others", "%(number)s others") == OTHERS
    with pytest.raises(ValueError, match="test-others"):
        code("test-others", "something else")
    assert sentences()[OTHERS] == "%(number)s others"
