"""Finds what people must know and what is due to be told, whatever was lost on the way."""

import logging
from collections.abc import Callable, Iterable

from alerts import mails, telling
from alerts.causes import actions, gateways, second_person, subscribers, wakings
from fleets.storage import clock

logger = logging.getLogger(__name__)


def sweep() -> None:
    """One round: the causes, then the telling. A step that fails does not silence the others."""
    now = clock.now()
    causes: list[Callable[[], None]] = [
        gateways.look,
        lambda: actions.look(now),
        subscribers.look,
        lambda: wakings.look(now),
        second_person.look,
    ]
    _run([*causes, *_TELLING])


def tell_second_person() -> None:
    """What waits for somebody's decision does not wait for the next round."""
    _run([second_person.look, *_TELLING])


_TELLING: list[Callable[[], None]] = [
    lambda: telling.tell_due(clock.now()),
    lambda: telling.release_held(clock.now()),
    lambda: mails.form_mails(clock.now()),
    lambda: mails.send_due(clock.now()),
]


def _run(steps: Iterable[Callable[[], None]]) -> None:
    for step in steps:
        try:
            step()
        except Exception:
            logger.exception("A step of the alerts' sweep failed; the next sweep tries it again")
