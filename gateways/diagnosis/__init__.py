"""Tests the connection to an account's cloud, step by step, and says in words what is wrong and what to do.

Nothing is changed at the cloud: it is asked for the list of fleets, or for a token and the list of vehicles.
"""

import logging
from collections.abc import Iterator
from datetime import UTC, datetime

from gateways.diagnosis import codes
from gateways.diagnosis.step import NAMES, Step, Wrong
from gateways.diagnosis.way import Way
from gateways.diagnosis.way_by_token import WayByToken
from gateways.interface import Account
from gateways.masking import Masking, secrets_of
from protocol.why import Value, Why

__all__ = ["NAMES", "Step", "steps"]

log = logging.getLogger(__name__)

# Where it is not with the credentials themselves that an account signs in.
_WAYS = {"v1": WayByToken}


def steps(account: Account, *, allow_http: bool = False, now: datetime | None = None) -> Iterator[Step]:
    """Look at one step after the other, up to the first that is wrong, and give each as soon as it is known.

    Each is over in time, as the account's time-outs say. `allow_http` lets an address be http://…; `now` is a moment
    in UTC, this computer's without it. Raises nothing: what fails in FleetRemote itself is a step that is wrong.
    """
    masking = Masking(secrets_of(account))
    way = _WAYS.get(account.dialect, Way)(account, masking, allow_http, now or datetime.now(UTC))
    try:
        for name, look in way.steps:
            try:
                found = look()
            except Wrong as wrong:
                yield Step(name, False, _masked(wrong.why, masking))
                return
            except Exception as error:
                # Whatever the other side sends, whoever tests gets words.
                log.exception("the test of a connection stumbled at %s", name)
                yield Step(name, False, Why(codes.STUMBLED, error=type(error).__name__))
                return
            yield Step(name, found.ok, _masked(found.why, masking))
    finally:
        way.close()


def _masked(why: Why, masking: Masking) -> Why:
    return Why(why.code, **{name: _masked_value(value, masking) for name, value in why.values.items()})


def _masked_value(value: Value, masking: Masking) -> Value:
    if isinstance(value, Why):
        return _masked(value, masking)
    return masking.text(value) if isinstance(value, str) else value
