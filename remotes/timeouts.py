"""How long we wait for upstream. Waits for vehicles are divided by SIMULATOR_SPEED, as the simulator's delays are."""

from datetime import timedelta

from django.conf import settings

from fleets.models import Gateway
from fleets.reach import cannot_call_back

# After an unknown outcome: the first look-up by label, and what must lie between two that find nothing.
FIRST_LOOK_UP = timedelta(seconds=1)
BETWEEN_LOOK_UPS = timedelta(seconds=60)
# A vehicle that can't be reached is reported after 130 s at the latest; then we ask ourselves.
FIRST_POLL = timedelta(seconds=150)
LONGEST_POLL = timedelta(minutes=15)
# A gateway that can't reach us tells nothing, so it is asked this soon, and then a tenth of an action's age apart.
FIRST_POLL_UNTOLD = timedelta(seconds=3)
LONGEST_LOOK_UP = timedelta(hours=1)
# Upstream retries and corrects for three days; then nothing more is to be expected.
GIVE_UP = timedelta(days=3)


def scaled(wait: timedelta) -> timedelta:
    """A wait for a vehicle, at the simulator's speed."""
    return wait / settings.SIMULATOR_SPEED


def first_poll(gateway: Gateway) -> timedelta:
    """Until an accepted action without a final event is asked for; a second more than any vehicle takes.

    A gateway that can't tell us anything is asked at once.
    """
    if cannot_call_back(gateway):
        return _poll_untold(timedelta(0))
    return scaled(FIRST_POLL) + timedelta(seconds=1)


def next_poll(gateway: Gateway, polls: int, age: timedelta) -> timedelta:
    """Doubles with each poll that found no end; where nothing is told it grows with the time since the acceptance."""
    if cannot_call_back(gateway):
        return _poll_untold(age)
    doublings: int = 2 ** min(polls, 10)
    return min(scaled(FIRST_POLL) * doublings + timedelta(seconds=1), LONGEST_POLL)


def _poll_untold(age: timedelta) -> timedelta:
    return min(max(age / 10, scaled(FIRST_POLL_UNTOLD), timedelta(seconds=1)), LONGEST_POLL)


def ask_again() -> timedelta:
    """Before the cloud is asked again for what it could not answer: 5 seconds, at the simulator's speed 1 at least."""
    return max(scaled(timedelta(seconds=5)), timedelta(seconds=1))


def next_look_up(age: timedelta) -> timedelta:
    """Before an action of unknown outcome is looked up again: a quarter of the time since it was sent.

    Five seconds at least, and an hour at the most: some hundred look-ups in three days.
    """
    return min(max(age / 4, ask_again()), LONGEST_LOOK_UP)


def backoff(attempts: int) -> timedelta:
    """Before the next try of what was surely not accepted: 1, 2, 4 … 30 seconds."""
    return timedelta(seconds=min(2 ** max(attempts - 1, 0), 30))
