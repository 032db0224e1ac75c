"""What a run draws: so many, the same for a seed, and each in its turn."""

import pytest

from tests.drawn import drawn

STORIES = list("abcdefg")


@pytest.mark.parametrize("seed", "123")
def test_a_seed_draws_the_same_again(seed: str) -> None:
    assert drawn(seed, "faults", STORIES, 3) == drawn(seed, "faults", STORIES, 3)
    assert len(drawn(seed, "faults", STORIES, 3)) == 3


def test_each_has_its_turn() -> None:
    assert set().union(*(drawn(seed, "faults", STORIES, 3) for seed in map(str, range(50)))) == set(STORIES)


def test_whoever_asks_for_a_few_gets_them_all() -> None:
    assert drawn("1", "faults", STORIES[:3], 3) == set(STORIES[:3])
