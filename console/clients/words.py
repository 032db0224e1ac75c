"""How an API client and its passwords stand, in words."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from fleets.models import ApiClient, ApiSecret
from fleets.words.numbers import Tone, Word
from protocol.catalogue import REMOTE_TYPES
from remotes.words.titles import title_of

_ACTIVE = Word(pgettext_lazy("an API client", "Active"), Tone.GOOD)
_OWNERLESS = Word(
    _("Nobody answers for it"),
    Tone.WARN,
    _(
        "It has no owner who may still change the API clients of all its fleets. It goes on sending, but what needs "
        "two people waits for approval. Say who owns it now."
    ),
)
_NO_PASSWORD = Word(_("No password"), Tone.WARN, _("It can't log in: all its passwords have ended. Make a new one."))
_ENDED = Word(
    pgettext_lazy("an API client", "Ended"),
    Tone.PLAIN,
    _("Nothing that it sends is taken. Its passwords are good again once it resumes."),
)

_GOOD = Word(_("Good"), Tone.GOOD)
_LEFT_BEHIND = Word(
    _("Its maker has left"),
    Tone.WARN,
    _("Whoever made it may not change this client any more, but may know it still. Make a new one, and end this one."),
)
_KNOWS_MORE = Word(
    _("Its maker may do less"),
    Tone.WARN,
    _(
        "Whoever made it may not do any more all that this client may, but may know it still. Make a new one, and end "
        "this one."
    ),
)
_OVER = Word(_("Over"), Tone.BAD)
_ENDED_BY_HAND = Word(pgettext_lazy("an API client", "Ended"), Tone.PLAIN)


def state_word(client: ApiClient, *, ownerless: bool, passwords: int) -> Word:
    """`passwords` are those that are good."""
    if not client.active:
        return _ENDED
    if not passwords:
        return _NO_PASSWORD
    return _OWNERLESS if ownerless else _ACTIVE


def secret_word(secret: ApiSecret, now: datetime, *, left_behind: bool, knows_more: bool) -> Word:
    """`left_behind`: whoever made it has left; `knows_more`: they may less by now than whoever knows it."""
    if secret.ended_at is not None:
        return _ENDED_BY_HAND
    if secret.is_over(now):
        return _OVER
    if left_behind:
        return _LEFT_BEHIND
    return _KNOWS_MORE if knows_more else _GOOD


def types_words(client: ApiClient) -> list[str]:
    """The titles of what it may send; empty for every type."""
    return [str(title_of(REMOTE_TYPES[name])) if name in REMOTE_TYPES else name for name in client.remote_types]
