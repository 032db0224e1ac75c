"""When a failed batch is tried again: the retry policy of a callback (fleet-owner-v3.yaml, RetryPolicy)."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from protocol.canonical.document import JsonObject

# Whatever the policy: a notification is retried for so long at the most.
LIFE = timedelta(days=3)

# Batches in a row with their tries used up that make a callback Failed.
FAILED_AFTER = 5

# Under the policy Always no tries are used up; so many failures of a batch count as much.
ALWAYS_TRIES = 4

# A delay is stretched by up to so much, so that what failed together does not come back together.
JITTER = 0.05

# What another batch's success has hurried goes again at once; if that was in vain, the next time after a pause.
LONGEST_RELEASE = timedelta(hours=1)
RELEASE_PAUSES = [timedelta(0), *(min(timedelta(seconds=10 * 2**n), LONGEST_RELEASE) for n in range(1, 10))]

# The pauses between probes of a Failed callback, while it goes on failing.
FIRST_PROBE = timedelta(seconds=30)
LONGEST_PROBE = timedelta(minutes=5)


@dataclass(frozen=True)
class Policy:
    """`name` is None, Bounded or Always; `retries` come after the first try, `delay` between tries."""

    name: str
    retries: int
    delay: timedelta

    @staticmethod
    def of(subscribe: JsonObject) -> "Policy":
        """The policy in a callback as it is registered (RemoteCallbackSubscribe)."""
        policy = subscribe.get("retryPolicy", {"policy": "Bounded"})
        return Policy(policy["policy"], policy.get("retryNumber", 3), timedelta(seconds=policy.get("retryDelay", 10)))

    @property
    def tries(self) -> int | None:
        """How often a batch is tried by itself; None is without end."""
        return {"None": 1, "Bounded": 1 + self.retries, "Always": None}[self.name]

    @property
    def releases(self) -> bool:
        """Whether a success lets the parked ones go again; under None only a person does."""
        return self.name != "None"

    def next_try(self, tries: int, now: datetime, retry_after: timedelta | None = None) -> datetime | None:
        """When a batch that has failed `tries` times is due again; None when its tries are used up.

        `retry_after` is what the subscriber asked for with 429 or 503; it puts off but never hurries.
        """
        if self.tries is not None and tries >= self.tries:
            return None
        wait = max(self.delay, min(retry_after or self.delay, LIFE))
        return now + wait * random.uniform(1, 1 + JITTER)

    def is_exhausted(self, tries: int) -> bool:
        """Whether failing for the `tries`th time counts towards the callback being Failed."""
        return tries % ALWAYS_TRIES == 0 if self.tries is None else tries >= self.tries

    def released_at(self, tried_at: datetime, tries: int) -> datetime:
        """From when on another batch's success lets a parked one go: at once, or after a pause if that was in vain."""
        in_vain = max(tries - (self.tries or ALWAYS_TRIES), 0)
        return tried_at + RELEASE_PAUSES[min(in_vain, len(RELEASE_PAUSES) - 1)]


def next_probe(failing_for: timedelta, now: datetime) -> datetime:
    """When a Failed callback may be tried again: ever more seldom the longer it has failed."""
    pause = min(max(failing_for / 4, FIRST_PROBE), LONGEST_PROBE)
    return now + pause * random.uniform(1, 1 + JITTER)
