"""What alerts hold in English: their templates (fleets/words/sentences.py), and what stands in these."""

from django.utils.translation import gettext_noop as _

from fleets.words.sentences import know
from gateways.codes import SAYS
from protocol.why import AS_WRITTEN, sentences
from remotes.words import codes
from remotes.words.titles import TITLES

SENTENCES = (
    _("“%(title)s” for %(vehicle)s failed. %(why)s"),
    _("“%(title)s” for %(vehicle)s has failed. %(why)s"),
    _("“%(title)s” for %(vehicle)s was carried out."),
    _("“%(title)s” for %(vehicle)s was carried out at a later try."),
    _("“%(title)s” for %(vehicle)s has reached the manufacturer's cloud; its outcome follows."),
    _("It is not known whether “%(title)s” for %(vehicle)s was carried out. %(why)s"),
    _("The manufacturer's cloud (%(name)s) does not work. Remote actions wait, and expire in time. %(why)s"),
    _(
        "The manufacturer's cloud (%(name)s) refuses our credentials, so nothing is sent. Ask whoever manages the "
        "connection to set new ones. %(why)s"
    ),
    _(
        "Something in front of the manufacturer's cloud (%(name)s) refuses us, so nothing is sent. Ask whoever manages "
        "the connection to look at it. %(why)s"
    ),
    _("The manufacturer's cloud (%(name)s) answers again, but refuses our credentials."),
    _("The manufacturer's cloud (%(name)s) no longer refuses us, but does not work."),
    _("The manufacturer's cloud (%(name)s) takes remote actions again."),
    _("%(vehicle)s can be woken up again for any remote action."),
    _(
        "%(spent)s of the %(limit)s wake-ups that %(vehicle)s has in this month are spent. A reserve of %(reserve)s is "
        "kept for locking, immobilising, finding and theft; anything else is refused while the vehicle sleeps."
    ),
    _("Notifications don't arrive any more at “%(callback)s”. %(why)s"),
    _("The callback “%(callback)s” runs again, and what was kept is sent."),
    _("The callback “%(callback)s” was deleted."),
    _("%(who)s has seen to it."),
    # What waits for a second person, and what becomes of it.
    _("“%(title)s” for %(vehicle)s waits for a second person until %(until)s (%(left)s)."),
    _("%(who)s has asked for it."),
    _("%(who)s has asked for it: “%(why)s”."),
    _("It is sent only once another person has approved it."),
    _("%(who)s has approved “%(title)s” for %(vehicle)s."),
    _("“%(title)s” for %(vehicle)s is not sent."),
    _("“%(title)s” for %(vehicle)s waits for nobody any more."),
    _("%(who)s has sent “%(title)s” for %(vehicle)s without a second person."),
    _("%(who)s has sent “%(title)s” for %(vehicle)s without a second person: “%(why)s”."),
    _("Another manager must look into it."),
    _("%(who)s has looked into it."),
    _("%(who)s has looked into it: “%(why)s”."),
    _("Nothing changes unless another person approves it by %(until)s."),
    _("%(who)s has approved it; it holds from now on."),
    _("%(who)s has approved it; it holds from now on: “%(why)s”."),
    _("%(who)s has refused it."),
    _("%(who)s has refused it: “%(why)s”."),
    _("%(who)s has taken it back."),
    _("It came to nothing."),
)

# Almost any sentence would fit these.
_TOO_WIDE = (AS_WRITTEN, SAYS, codes.NOT_KNOWN, codes.NOT_FIT)

know(*SENTENCES, *(words for name, words in sentences().items() if name not in _TOO_WIDE), *TITLES)
