"""What the owner of an account is told by mail when its second factors change: it may not have been them."""

from django.contrib.auth.models import User
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from alerts.places import url_of
from console.accounts import letters

KINDS = {
    "totp": _("an app that shows codes"),
    "webauthn": _("a passkey"),
    "recovery_codes": _("recovery codes"),
}


def added(user: User, kind: str) -> None:
    words = gettext("A second factor was added to your account: %(kind)s.")
    _send(user, gettext("A second factor was added"), words % {"kind": _kind(kind)})


def removed(user: User, kind: str) -> None:
    words = gettext("A second factor was removed from your account: %(kind)s.")
    _send(user, gettext("A second factor was removed"), words % {"kind": _kind(kind)})


def new_codes(user: User) -> None:
    words = gettext("New recovery codes were made for your account. The former ones are good no more.")
    _send(user, gettext("New recovery codes"), words)


def code_used(user: User, left: int) -> None:
    words = ngettext(
        "A recovery code was used to log in to your account. %(left)s is left.",
        "A recovery code was used to log in to your account. %(left)s are left.",
        left,
    )
    _send(user, gettext("A recovery code was used"), words % {"left": left})


def taken_away(user: User) -> None:
    words = gettext(
        "An admin has taken the second factor from your account, since you said that you can't show it any more. "
        "Your sessions were ended."
    )
    _send(user, gettext("Your second factor was taken away"), words)


def wrong_codes(user: User, number: int) -> None:
    words = gettext(
        "Somebody who knows your password has given %(number)s wrong codes in a row. If that was not you, change your "
        "password now."
    )
    _send(user, gettext("Wrong codes for your account"), words % {"number": number})


def signed_on(user: User, provider: str) -> None:
    words = gettext("From now on whoever logs in at %(provider)s with your address is logged in to your account here.")
    subject = gettext("Single sign-on was connected")
    _send(user, subject, words % {"provider": provider})


def _kind(kind: str) -> str:
    return str(KINDS.get(kind, kind))


def _send(user: User, subject: str, words: str) -> None:
    """Whoever has no address is not told."""
    if user.email:
        account = gettext("Account: %(name)s") % {"name": user.get_username()}
        closing = gettext("If it was not you, tell your admin at once.")
        letters.write(user.email, subject, account, words, closing, url_of(reverse("second-factor")))
