"""Why somebody does not get in by single sign-on: a code, and what they are told."""

from django.conf import settings
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

CANCELLED, STATE, AWAY, ANSWER = "cancelled", "state", "away", "answer"
UNTRUSTED, UNVERIFIED, UNKNOWN, SEVERAL = "untrusted", "unverified", "unknown", "several"
INACTIVE, ANOTHER, NOT_AGAIN, TOO_MANY = "inactive", "another", "not-again", "too-many"

WORDS = {
    CANCELLED: _("You have not logged in at %(provider)s."),
    STATE: _("This log-in was begun too long ago, or in another browser, or it was used already. Begin again."),
    AWAY: _("%(provider)s can’t be reached at the moment. Try again in a minute, or log in with your password."),
    ANSWER: _("%(provider)s did not say who you are. Begin again; if that does not help, tell your admin."),
    UNTRUSTED: _(
        "What %(provider)s says about you is not trusted: it is not for FleetRemote, or was changed on the way."
    ),
    UNVERIFIED: _(
        "%(provider)s does not say that your e-mail address is yours. Have it confirmed there, then try again."
    ),
    UNKNOWN: _("Nobody here has your e-mail address. Ask your admin to invite you."),
    SEVERAL: _("Several people here have your e-mail address. Ask your admin."),
    INACTIVE: _("Your account here was closed. Ask your admin."),
    ANOTHER: _(
        "Your e-mail address is somebody’s here who logs in by another account of %(provider)s. Ask your admin."
    ),
    TOO_MANY: _("Too many people log in from your address at this moment. Try again in a few minutes."),
    NOT_AGAIN: _(
        "This was not the account of %(provider)s that you are logged in with, or not a new log-in. Try again."
    ),
}


class Refused(Exception):
    """Somebody does not get in; the message is the code."""

    @property
    def code(self) -> str:
        return str(self.args[0])


def words_of(code: str) -> str:
    return str(WORDS[code]) % {"provider": settings.OIDC_NAME or gettext("the provider")}
