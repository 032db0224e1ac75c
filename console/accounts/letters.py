"""E-mails about somebody's account, sent beside the request: how long an answer takes does not tell whether one went.

They hold links that open something, so they wait in no table. One that can't be sent is in the log, without its text.
"""

import logging
from concurrent.futures import Future, ThreadPoolExecutor, wait

from django.contrib.auth.models import User
from django.core.mail import EmailMessage
from django.utils.translation import gettext as _

from alerts.places import url_of

logger = logging.getLogger(__name__)

_THREADS = ThreadPoolExecutor(2, thread_name_prefix="letters")
_going: set[Future[bool]] = set()


def write(to: str, subject: str, *paragraphs: str) -> Future[bool]:
    """Send it soon. Nobody needs to wait for it; whoever does hears whether the mail server has taken it."""
    signed = [*paragraphs, "-- \nFleetRemote"]
    letter = EmailMessage(
        subject=" ".join(f"[FleetRemote] {subject}".split()),
        body="\n\n".join(signed),
        to=[to],
        headers={"Auto-Submitted": "auto-generated"},
    )
    sending = _THREADS.submit(_send, letter)
    _going.add(sending)
    sending.add_done_callback(_going.discard)
    return sending


def all_gone() -> None:
    """Wait until each was sent, or failed."""
    wait(list(_going))


def write_new_password_link(user: User, path: str) -> None:
    """To whoever has asked for one."""
    write(
        user.email,
        _("A new password"),
        _("Somebody, you perhaps, has asked for a new password for “%(name)s”. This link sets one:")
        % {"name": user.get_username()},
        url_of(path),
        _("It is good for an hour, and once. If it was not you, leave it: your password stays as it is."),
    )


def write_password_changed(user: User) -> None:
    if user.email:
        write(
            user.email,
            _("Your password was changed"),
            _("The password of “%(name)s” was changed, and all other sessions have ended.")
            % {"name": user.get_username()},
            _("If it was not you, tell your admin at once."),
        )


def write_confirm_address(user: User, to: str, path: str) -> None:
    """To the address that is to become theirs."""
    write(
        to,
        _("Is this your e-mail address?"),
        _("“%(name)s” wants to be told by e-mail at this address. This link says that it is right:")
        % {"name": user.get_username()},
        url_of(path),
        _("It is good for a day, for who is logged in with that name. If that is not you, leave it."),
    )


def write_address_changed(user: User, old: str) -> None:
    """To the one that it was before."""
    if old:
        write(
            old,
            _("Your e-mail address was changed"),
            _("“%(name)s” is told at %(address)s from now on, no more at this address.")
            % {"name": user.get_username(), "address": user.email},
            _("If it was not you, tell your admin at once."),
        )


def _send(letter: EmailMessage) -> bool:
    try:
        letter.send()
    except Exception as error:  # whatever a mail server does
        logger.warning("An e-mail about an account was not sent: %s", type(error).__name__)
        return False
    return True
