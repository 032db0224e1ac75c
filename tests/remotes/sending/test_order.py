"""Whose turn it is, as plain values."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from remotes.sending.order import PATIENCE, Turn, Waiting, next_turn
from tests.remotes.conftest import NOON


def waiting(id: int, remote_type: str = "Horn", urgent: bool = False, state: str = "queued", **more) -> Waiting:
    return Waiting(id, remote_type, urgent, state, **more)


def test_nothing_waits() -> None:
    assert next_turn([], NOON) == Turn()


def test_one_request_at_a_time() -> None:
    assert next_turn([waiting(1, state="sending"), waiting(2, "Locking", urgent=True)], NOON) == Turn()


def test_an_urgent_one_goes_ahead_of_comfort() -> None:
    assert next_turn([waiting(1), waiting(2, "Locking", urgent=True)], NOON) == Turn(action_id=2)


def test_a_comfort_one_waits_until_the_one_before_is_done_or_three_minutes_old() -> None:
    before = waiting(1, state="accepted", accepted_at=NOON)
    assert next_turn([before, waiting(2)], NOON) == Turn(again_at=NOON + PATIENCE)
    assert next_turn([before, waiting(2)], NOON + PATIENCE) == Turn(action_id=2)
    assert next_turn([before, waiting(2, "Locking", urgent=True)], NOON) == Turn(action_id=2)


def test_unknown_blocks_its_own_type_only() -> None:
    unknown = waiting(1, "Locking", urgent=True, state="unknown")
    assert next_turn([unknown, waiting(2, "Locking", urgent=True)], NOON) == Turn()
    assert next_turn([unknown, waiting(2, "Locking", urgent=True), waiting(3)], NOON) == Turn(action_id=3)


def test_a_retry_holds_back_what_comes_after_it_of_its_type() -> None:
    held = waiting(1, "Locking", urgent=True, not_before=NOON + timedelta(seconds=30))
    after = waiting(2, "Locking", urgent=True)
    assert next_turn([held, after], NOON) == Turn(again_at=NOON + timedelta(seconds=30))
    assert next_turn([held, after], NOON + timedelta(seconds=30)) == Turn(action_id=1)


_STATES = st.sampled_from(["queued", "sending", "unknown", "accepted"])
_WAITING = st.builds(
    Waiting,
    id=st.integers(1, 50),
    remote_type=st.sampled_from(["Locking", "Horn", "State"]),
    urgent=st.booleans(),
    state=_STATES,
    accepted_at=st.just(NOON),
    not_before=st.none() | st.just(NOON + timedelta(seconds=5)),
)


@given(st.lists(_WAITING, max_size=8, unique_by=lambda action: action.id))
def test_whoever_is_chosen_is_queued_and_first_of_its_type_and_urgency(actions: list[Waiting]) -> None:
    turn = next_turn(actions, NOON)
    if turn.action_id is None:
        return
    chosen = next(action for action in actions if action.id == turn.action_id)
    assert chosen.state == "queued"
    assert not any(action.state == "sending" for action in actions)
    rivals = [a for a in actions if (a.remote_type, a.urgent, a.state) == (chosen.remote_type, chosen.urgent, "queued")]
    assert chosen.id == min(rival.id for rival in rivals)
