"""Words for what an action asks for."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleets.words.times import days_words, duration_words
from protocol.catalogue import REMOTE_TYPES
from remotes.words.describe import describe


@pytest.mark.parametrize("entry", REMOTE_TYPES.values(), ids=lambda entry: entry.name)
def test_ready_made_commands_keep_their_title(entry: Any):
    assert [describe(entry, command.payload) for command in entry.commands] == [item.title for item in entry.commands]


@pytest.mark.parametrize(
    ("remote_type", "payload", "words"),
    [
        ("Preconditioning", {"airConditioning": {"programs": [{}, {}]}}, "Cabin climate: 2 programs"),
        (
            "Preconditioning",
            {"airConditioning": {"immediate": True, "programs": [{"slot": 1}]}},
            "Cabin climate: start now, 1 program",
        ),
        (
            "Preconditioning",
            {"airConditioning": {"programs": [{"slot": 1, "actionsType": "Delete"}]}},
            "Cabin climate: 1 program deleted",
        ),
        ("Locking", {"state": "Locked", "forced": True}, "Lock"),
        ("Lights", {"on": True, "duration": "PT1M30S"}, "Lights on for 1 min 30 s"),
        ("Lights", {"on": False, "duration": "PT20S"}, "Lights off"),
        ("Horn", {"state": "Activated", "number": 1}, "Honk once"),
        ("Charging", {"nextDelayedTime": "2026-11-21T22:30:00Z"}, "Charge from 21 Nov 2026, 22:30 (UTC)"),
        ("Charging", {"preferences": {"type": "Partial"}}, "Charging: partial"),
        ("Navigation", {"positions": [{}]}, "Route with 1 stop"),
        ("Tan", {"suppress": {"state": True, "duration": 5}}, "Theft alerts paused for 7 days"),
        ("Stolen", {"trackingPeriod": {"running": 30}}, "Track every 30 s, ignition on"),
    ],
)
def test_details_are_said(remote_type: str, payload: Any, words: str):
    assert describe(REMOTE_TYPES[remote_type], payload) == words


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
WORDS = "airConditioning programs immediate schedule nextDelayedTime preferences level type state on duration number"
MORE_WORDS = "suppress confirm positions trackingPeriod running shutdown immobilization activate"
KEYS = st.sampled_from(f"{WORDS} {MORE_WORDS}".split())


@given(st.sampled_from(list(REMOTE_TYPES.values())), st.dictionaries(KEYS, st.dictionaries(KEYS, JSON) | JSON))
def test_whatever_stands_in_a_payload_there_are_words(entry: Any, payload: Any):
    assert describe(entry, payload)


@pytest.mark.parametrize(
    ("days", "words"),
    [
        ([], "no day"),
        (["Mon"], "Mon"),
        (["Sun", "Sat"], "Sat, Sun"),
        (["Mon", "Tue", "Wed", "Sun"], "Mon–Wed, Sun"),
        (["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"], "every day"),
    ],
)
def test_days_in_words(days: list[str], words: str):
    assert days_words(days) == words


@pytest.mark.parametrize(
    ("duration", "words"), [("PT20S", "20 s"), ("PT1H5M", "1 h 5 min"), ("P1DT2H", "1 d 2 h"), ("P1Y", "P1Y")]
)
def test_durations_in_words(duration: str, words: str):
    assert duration_words(duration) == words
