"""What the library of accounts remembers: shared by all processes, and by each for itself while Redis is away."""

from secrets import token_hex
from typing import Any

import pytest
from django.core.cache import cache

from console.accounts import cache as ours
from console.accounts.cache import SharedCache
from fleets.storage.redis import client


@pytest.fixture(autouse=True)
def forgotten() -> None:
    client().flushdb()
    cache.clear()


def process() -> SharedCache:
    """As another process has it, with a memory of its own."""
    return SharedCache(token_hex(8), {})


@pytest.fixture
def redis_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ours, "best_effort", lambda _work: False)


def test_what_one_process_writes_another_reads_as_it_was() -> None:
    one, other = process(), process()
    for value in ([1.5, 2.25], True, "code", {"a": None}, 0):
        one.set("key", value, 60)
        assert other.get("key") == value
    assert other.get("nothing", "else") == "else"
    assert other.delete("key")
    assert one.get("key") is None


def test_a_lock_is_one_process_s_until_its_time() -> None:
    one, other = process(), process()
    assert one.add("lock", True, 10)
    assert not other.add("lock", True, 10)
    one.delete("lock")
    assert other.add("lock", True, 10)


def test_it_ends_with_its_time_and_nothing_is_for_ever() -> None:
    cache.set("key", 1, None)
    (place,) = client().keys("cache:*")
    assert 0 < client().pttl(place) <= 24 * 3600 * 1000
    cache.set("key", 1, -1)
    cache.set("other", 1, 0.001)
    assert client().pttl(place) <= 1


@pytest.mark.usefixtures("redis_is_away")
def test_while_redis_is_away_each_process_remembers_for_itself() -> None:
    """Else anybody might guess codes without end."""
    one, other = process(), process()
    one.set("tries", [1, 2], 60)
    assert one.get("tries") == [1, 2]
    assert not one.add("tries", [], 60)
    assert one.touch("tries", 60)
    assert other.get("tries") is None
    assert one.delete("tries")
    assert one.get("tries") is None


def test_no_address_stands_in_redis_and_nothing_that_would_be_run() -> None:
    class Thing:
        pass

    cache.set("allauth:rl:ip:192.0.2.1", ["192"], 60)
    found: Any = client().keys("*")
    assert [b"192.0.2.1" in key for key in found] == [False]
    assert client().get(found[0]) == b'["192"]'
    with pytest.raises(TypeError):
        cache.set("thing", Thing(), 60)
