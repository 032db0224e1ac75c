"""What a link by e-mail says, and whether it still holds: for a new password, and for a new address.

A link for a new password is Django's token: it ends after settings.PASSWORD_RESET_TIMEOUT, with the password, the next
log-in or the address. From there on the session has only a digest of what it was good for.
"""

from collections.abc import Iterator

from django.contrib.auth.models import User
from django.contrib.auth.tokens import default_token_generator
from django.core import signing
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.http import urlsafe_base64_decode, urlsafe_base64_encode

_ADDRESS = "console.accounts.address"
_STATE = "console.accounts.state"
# Seconds in which a new address is confirmed.
DAY = 24 * 3600


def people_with(email: str) -> Iterator[User]:
    """Active ones with this address who log in by a password; who logs in elsewhere only gets none here."""
    for user in User.objects.filter(email__iexact=email, is_active=True):
        # The database compares letters more widely than mail does.
        if user.email.casefold() == email.casefold() and user.has_usable_password():
            yield user


def new_password_parts(user: User) -> tuple[str, str]:
    """Of the link's address."""
    return urlsafe_base64_encode(str(user.pk).encode()), default_token_generator.make_token(user)


def person_of(uidb64: str, token: str) -> User | None:
    """Whose password the link changes now."""
    try:
        key = int(urlsafe_base64_decode(uidb64))
    except (ValueError, OverflowError, TypeError):
        return None
    user = _active(key)
    return user if user is not None and default_token_generator.check_token(user, token) else None


def state_of(user: User) -> str:
    """Another one as soon as the password, the address or the last log-in is."""
    last = user.last_login.isoformat() if user.last_login else ""
    value = "\n".join((str(user.pk), user.password, last, user.email))
    return salted_hmac(_STATE, value, algorithm="sha256").hexdigest()


def person_in(state: str, key: int) -> User | None:
    """The person, where nothing of that has changed."""
    user = _active(key)
    return user if user is not None and constant_time_compare(state, state_of(user)) else None


def _active(key: int) -> User | None:
    return User.objects.filter(pk=key, is_active=True).first() if 0 < key < 2**63 else None


def address_token(user: User, new: str) -> str:
    return signing.dumps([user.pk, user.email, new, _password_mark(user)], salt=_ADDRESS)


def address_of(user: User, token: str) -> str:
    """The address that the link confirms for this person; empty where it is over or another's."""
    try:
        key, old, new, mark = signing.loads(token, salt=_ADDRESS, max_age=DAY)
    except (signing.BadSignature, ValueError, TypeError):
        return ""
    is_theirs = key == user.pk and old == user.email and constant_time_compare(str(mark), _password_mark(user))
    return str(new) if is_theirs else ""


def _password_mark(user: User) -> str:
    return salted_hmac(_ADDRESS, user.password, algorithm="sha256").hexdigest()[:24]
