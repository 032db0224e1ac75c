"""Look-ups and polls on record: the first one in full, then what tells something else; all the rest is counted.

For three days a cloud that knows nothing more is asked some hundred times an action, and each time says the same.
"""

from dataclasses import replace

from django.db.models import F

from gateways.interface import Exchange
from remotes import audit
from remotes.models import RemoteAction


class AskedAgain:
    """One look-up or poll of an action, which is a request or several. `observe` is the client's observer."""

    def __init__(self, action: RemoteAction, purpose: str) -> None:
        self._action, self._purpose = action, purpose
        self._over: list[Exchange] = []

    def observe(self, exchange: Exchange) -> None:
        if exchange.duration is not None:
            self._over.append(exchange)

    def keep(self, told: str = "") -> None:
        """Write it down, if it is not as it was the last time. `told`: what the cloud says of the action."""
        said = "; ".join([told, *dict.fromkeys(map(_outcome, self._over))])[: audit.LONGEST_SAID]
        if said != self._action.asked_said:
            observe = audit.observer(self._action, self._purpose)
            for exchange in self._over:
                observe(replace(exchange, duration=None))
                observe(exchange)
        ours = RemoteAction.objects.filter(pk=self._action.pk)
        ours.update(asked_again=F("asked_again") + 1, asked_said=said)
        self._action.asked_said = said
        self._action.asked_again += 1


def _outcome(exchange: Exchange) -> str:
    return str(exchange.status or "") + (f" {exchange.why.code}" if exchange.why else "")
