"""Codes that somebody types: of their app, or one of their recovery codes. Each is good once.

Who guesses is slowed: from the sixth wrong one in a row on nobody can try for a while, each time twice as long, up to
15 minutes. Whoever guesses here knows the password; passkeys are no guess, and work all the time.
"""

import time
from dataclasses import dataclass
from typing import Any

from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from allauth.mfa.utils import decrypt
from django.contrib.auth.models import User
from django.db import transaction

FREE = 5
"""Wrong codes in a row that cost nothing: people mistype."""

FIRST, LONGEST = 30.0, 900.0
"""Seconds to wait after the next one, and the most."""


@dataclass(frozen=True)
class Tried:
    """What came of a code: the factor that it was right for; else how many seconds nobody may try, and which wrong one
    in a row it was, 0 where it was not looked at.
    """

    factor: Authenticator | None = None
    wait: int = 0
    wrong: int = 0


@transaction.atomic
def try_code(user: User, code: str) -> Tried:
    """Try the code and use it up. One at a time for each person."""
    factors = list(
        Authenticator.objects.select_for_update()
        .filter(user_id=user.pk, type__in=[Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES])
        .order_by("pk")
    )
    if not factors:
        return Tried()
    book = factors[0]
    wrong, wait = int(book.data.get("wrong", 0)), _still(book.data)
    if wait:
        return Tried(wait=wait)
    found = next((factor for factor in factors if _is_right(factor, code)), None)
    wrong = 0 if found is not None else wrong + 1
    book.data.update(wrong=wrong, wrong_at=time.time())
    book.save(update_fields=["data"])
    return Tried(found, 0 if found is not None else _still(book.data), wrong)


def counter_of(secret: str, code: str) -> int | None:
    """The step of time, in 30 seconds since 1970, whose code it is: this one, or the one before or after."""
    return next((step for step in yield_hotp_counters_from_time() if _is_of(secret, step, code)), None)


def _is_of(secret: str, step: int, code: str) -> bool:
    return bool(compare_user_code(actual=code, expected=format_hotp_value(hotp_value(secret, step))))


def _is_right(factor: Authenticator, code: str) -> bool:
    """Whether it is, and was not used; then it is used by now."""
    if factor.type == Authenticator.Type.RECOVERY_CODES:
        return bool(RecoveryCodes(factor).validate_code(code)) and _reread(factor)
    step = counter_of(decrypt(factor.data["secret"]), code)
    if step is None or step <= int(factor.data.get("step", 0)):
        return False
    factor.data["step"] = step
    factor.save(update_fields=["data"])
    return True


def _reread(factor: Authenticator) -> bool:
    """The library has written into a row of its own reading."""
    factor.refresh_from_db(fields=["data"])
    return True


def _still(data: dict[str, Any]) -> int:
    """Seconds, rounded up, for which nobody may try."""
    wrong = int(data.get("wrong", 0))
    if wrong <= FREE:
        return 0
    pause = min(FIRST * 2 ** min(wrong - FREE - 1, 20), LONGEST)
    left = float(data.get("wrong_at", 0)) + pause - time.time()
    # A clock that was set back doesn't keep anybody out for longer than the pause.
    return max(0, min(int(left) + 1, int(pause))) if left > 0 else 0
