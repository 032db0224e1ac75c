"""What can end, and the rules of when that is near: plain values."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from protocol.why import Why

DAY = timedelta(days=1)
# Days before the end at which people are told, each once; 0 is the end itself.
STEPS = (0, 1, 7, 30)


class What(StrEnum):
    """REFUSED has no end: the cloud takes our credentials no longer, or gives no token for them."""

    CLIENT_CERTIFICATE = "client-certificate"
    CA_BUNDLE = "ca-bundle"
    SITE = "site-certificate"
    API_SECRET = "api-secret"  # noqa: S105
    REFUSED = "refused"
    FORMER = "former-certificate"
    DRAFT = "draft-certificate"


# Not in use, so that nothing fails when they end.
REMARKS = frozenset({What.FORMER, What.DRAFT})


@dataclass(frozen=True)
class Entry:
    """One line of the calendar.

    `owner` is the primary key of the gateway or connection that it belongs to, or of an API client's password, `name`
    what people call that (of our site: host:port). `subject` is a certificate's. `ends_at` None: it is not known, and
    `why` says more.
    """

    what: What
    owner: int
    name: str
    subject: str = ""
    ends_at: datetime | None = None
    why: Why | None = None

    @property
    def key(self) -> str:
        return f"{self.what}-{self.owner}"

    @property
    def is_remark(self) -> bool:
        return self.what in REMARKS

    def days(self, now: datetime) -> int | None:
        """Whole days left; below 0 once it is over, None where the end is not known."""
        return None if self.ends_at is None else (self.ends_at - now) // DAY

    def step(self, now: datetime) -> int | None:
        """The smallest of STEPS that is reached; None while the end is far, or not known."""
        return None if self.ends_at is None else step_of(self.ends_at - now)


def step_of(left: timedelta) -> int | None:
    """The smallest of STEPS (days) that the time left has reached; None while it is longer than all."""
    return next((step for step in STEPS if left <= step * DAY), None)


def is_news(told: int | None, reached: int) -> bool:
    """Whether the step that is reached is one that was not told; steps in between that were missed are left out."""
    return told is None or reached < told


def first_end(ends: Sequence[tuple[str, datetime]], now: datetime) -> tuple[str, datetime]:
    """Of a bundle (subject and end of each, one at least): what ends next; when all is over, what ended last.

    What is over already holds nothing up, as long as another one is there: so CAs are rotated.
    """
    ahead = [end for end in ends if end[1] > now]
    return min(ahead, key=lambda end: end[1]) if ahead else max(ends, key=lambda end: end[1])


def in_order(entries: Iterable[Entry]) -> list[Entry]:
    """The most urgent first: what fails already or is not known, then by the end; remarks last."""
    entries = list(entries)
    far = max((entry.ends_at for entry in entries if entry.ends_at), default=None)
    return sorted(entries, key=lambda entry: (entry.is_remark, entry.ends_at is not None, entry.ends_at or far))
