"""A v1 token endpoint is unwell: nothing is sent twice, nothing is lost, and the words say what is the matter.

Two workers for commands need the tokens. See docs/faults.md.
"""

import json
from collections.abc import Sequence

import pytest

from tests.faults.alone import run_alone
from tests.faults.tokens.scenes import VEHICLES, Told

DONE = "Success"


@pytest.fixture(scope="module")
def told() -> dict[str, Told]:
    """What came of each scene, by its name."""
    return {one["name"]: Told(**one) for one in json.loads(run_alone("tokens", {}))}


pytestmark = [pytest.mark.drawn("faults", 2), pytest.mark.timeout(300)]


def sent_once(told: Told, vins: Sequence[str]) -> bool:
    """Whether each came in at the cloud once, was done once, and is shown as done."""
    return all((told.came[vin], told.executed[vin], told.ends[vin][1]) == (1, 1, DONE) for vin in vins)


def found_not_sent(told: Told, vin: str) -> bool:
    """Whether it never came in, and that is shown."""
    return (told.came[vin], told.executed[vin], *told.ends[vin][:2]) == (0, 0, "done", "Failed")


def never_sent(told: Told, vins: Sequence[str]) -> bool:
    """Whether each ended with its time to live, and never came in at the cloud."""
    return all((told.came[vin], told.executed[vin], told.ends[vin][0]) == (0, 0, "expired") for vin in vins)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("down", "can't be reached"),
        ("hanging", "did not answer"),
        ("with_errors", "502"),
        ("refusing", "Invalid client or client credentials"),
    ],
)
def test_what_waits_is_sent_when_the_endpoint_is_well_and_what_is_over_ends_with_words(
    told: dict[str, Told], name: str, words: str
) -> None:
    scene = told[name]
    vins = [*scene.ends]
    assert len(vins) == VEHICLES
    assert not scene.failed
    assert sent_once(scene, vins[:4]), scene
    assert never_sent(scene, vins[4:]), scene
    for vin in vins:
        assert "token" in " ".join(scene.words[vin]), (vin, scene)
    # Who waits for another worker's answer says that.
    assert words in str([*scene.words.values()]), scene
    # A page that was looked at while another worker asked says that it is the token that lacks.
    assert words in scene.page or "access token" in scene.page, scene.page
    for name in vins[4:]:
        assert scene.ends[name][2].startswith("Not sent: its 6 seconds"), scene


def test_a_token_that_is_refused_once_is_renewed_once_and_its_command_sent_once(told: dict[str, Told]) -> None:
    scene = told["refused_once"]
    assert sent_once(scene, [*scene.ends]), scene
    assert scene.tokens == 2
    assert scene.at_once == 1


def test_tokens_that_the_api_never_takes_are_not_asked_for_without_end(told: dict[str, Told]) -> None:
    scene = told["refused_always"]
    vins = [*scene.ends]
    assert sent_once(scene, vins[:2]), scene
    assert never_sent(scene, vins[2:]), scene
    assert scene.tokens < 20


def test_one_asks_for_the_token_that_two_workers_need_at_once(told: dict[str, Told]) -> None:
    scene = told["slow"]
    assert sent_once(scene, [*scene.ends]), scene
    assert (scene.tokens, scene.at_once) == (1, 1)


def test_a_token_of_one_second_is_enough(told: dict[str, Told]) -> None:
    scene = told["of_one_second"]
    assert sent_once(scene, [*scene.ends]), scene
    assert scene.at_once == 1


def test_what_is_said_of_a_tokens_life_may_be_anything(told: dict[str, Told]) -> None:
    assert sent_once(told["odd"], [*told["odd"].ends]), told["odd"]


def test_what_no_scope_was_granted_for_is_refused_here_with_the_scope(told: dict[str, Told]) -> None:
    scene = told["narrow"]
    assert sent_once(scene, [*scene.ends]), scene
    assert len(scene.ends) == len(scene.refused) == 2
    assert all(answer.startswith("4") and "remote:horn:write" in answer for answer in scene.refused), scene.refused


def test_what_the_vehicles_cloud_does_not_offer_ends_so_and_a_page_with_501_proves_nothing(
    told: dict[str, Told],
) -> None:
    scene = told["lacking"]
    lacks, behind = scene.ends
    assert (scene.came[lacks], scene.ends[lacks][1]) == (0, "Failed")
    assert "does not offer it" in scene.ends[lacks][2]
    assert sent_once(scene, [behind]), scene


def test_workers_that_are_killed_while_they_ask_for_a_token_keep_nobody_waiting(told: dict[str, Told]) -> None:
    scene = told["killed"]
    assert not scene.failed
    assert len(scene.ends) == VEHICLES
    # Whether those that were being sent had gone out nobody knows, until the cloud does not list them.
    assert all(sent_once(scene, [vin]) or found_not_sent(scene, vin) for vin in scene.ends), scene
