"""The sentences that an action's row, a bulk command and a refusal hold: their templates (fleets/words/sentences.py).

Those with a name say how an action ended by our own doing, and have an explanation (remotes/words/causes.py).
"""

from django.utils.translation import gettext_noop as _

from fleets.words.sentences import know
from remotes.words.titles import TITLES

EXPIRED = _("Not sent: its %(life)s had passed.")
EXPIRED_BECAUSE = _("Not sent: its %(life)s had passed. %(why)s")
NOT_MANAGER = _("Not sent: whoever asked for it no longer manages the fleet.")
NOT_CLIENT = _("Not sent: the service that asked for it may no longer use this fleet.")
NOT_CLIENTS_TYPE = _("Not sent: the service that asked for it may no longer send this: %(title)s.")
LEFT = _("Not sent: the vehicle has left the fleet.")
GONE = _("Not sent: %(vehicle)s is gone: the manufacturer's cloud no longer lists it in this fleet.")
NOT_ABLE = _("Not sent: %(vehicle)s can't do this: %(what)s.")
SAME = _("Not sent: the same is in progress on this vehicle.")
MOVING = _("Not sent: the vehicle was moving %(age)s.")
RESERVE = _(
    "Not sent: %(spent)s of the vehicle's %(limit)s wake-ups of this month are spent, and a reserve of %(reserve)s is "
    "kept for locking, immobilising, finding and theft."
)
NOT_SET_UP = _("Not sent: this fleet is not set up at the vehicle's gateway.")
REFUSED = _("The manufacturer's cloud refused it: %(why)s")
NO_TRACE = _(
    "It was not carried out: the manufacturer's cloud has no trace of it. Send it again if it is still wanted."
)
NEVER_KNOWN = _("For three days nobody could tell whether it was carried out. Check the vehicle.")
NEVER_TOLD = _("The manufacturer's cloud has told no outcome for three days. Check the vehicle.")
CANCELLED = _("Cancelled by %(who)s.")
CANCELLED_BECAUSE = _("Cancelled by %(who)s. %(why)s")
CANCELLED_AT_STOP = _("Cancelled by %(who)s. Sending was stopped.")
SAID_NOT = _("%(who)s says that it was not carried out.")
SAID_NOT_BECAUSE = _("%(who)s says that it was not carried out: %(why)s")
SAID_DONE = _("%(who)s says that it was carried out.")
SAID_DONE_BECAUSE = _("%(who)s says that it was carried out: %(why)s")

# Why an action waits, and so why it may have expired.
APPROVAL = _("Another manager must approve it.")
STOPPED = _("Sending is stopped: %(why)s")
STOPPED_FOR_ALL = _("Sending is stopped for all fleets: %(why)s")
CREDENTIALS = _("The manufacturer's cloud refuses our credentials. This is sent once they are right again.")
CREDENTIALS_BECAUSE = _("The manufacturer's cloud refuses our credentials: %(why)s")
DOWN = _("The manufacturer's cloud is down. This is sent once it works again.")
DOWN_BECAUSE = _("The manufacturer's cloud is down. %(why)s This is sent once it works again.")
UNREACHABLE = _("The manufacturer's cloud can't be reached.")
BAD_ADDRESS = _("The address of the manufacturer's cloud can't be used.")
BAD_ADDRESS_BECAUSE = _("The address of the manufacturer's cloud can't be used: %(why)s")
SLOW_DOWN = _("The manufacturer's cloud has asked us to slow down.")
SLOW_DOWN_BECAUSE = _("The manufacturer's cloud asks us to slow down: %(why)s")
DAY = _("%(left)s of %(limit)s requests a day are left at the manufacturer's cloud.")
DAY_URGENT_FIRST = _(
    "%(left)s of %(limit)s requests a day are left at the manufacturer's cloud, and urgent actions go first."
)
PACE_ONE = _("The manufacturer's cloud takes %(number)s request a second; %(others)s.")
PACE = _("The manufacturer's cloud takes %(number)s requests a second; %(others)s.")
PACE_UNKNOWN = _("The manufacturer's cloud gets only some requests for now; %(others)s.")
NO_CALLBACK = _("No callback at the manufacturer's cloud: %(why)s")
REGISTERED_AGAIN = _("Our callback at the manufacturer's cloud was gone and is registered again.")
TOO_SLOW = _("The worker was too slow.")

# Why an outcome is not known.
NO_ANSWER = _("The manufacturer's cloud did not answer in time.")
CUT = _("The connection to the manufacturer's cloud was cut.")
ANSWERED = _("The manufacturer's cloud answered HTTP %(status)s.")
UNREADABLE = _("The manufacturer's cloud gave an answer that can't be read.")
UNREADABLE_BECAUSE = _("The manufacturer's cloud gave an answer that can't be read: %(why)s")
WITHOUT = _("The manufacturer's cloud gave an answer without %(key)s.")

_OTHERS = (
    _("others go before this one"),
    _("%(number)s other waits too"),
    _("%(number)s others wait too"),
    _("%(number)s seconds"),
    _("%(number)s minutes"),
    _("%(number)s seconds ago"),
    _("%(number)s minutes ago"),
    _("It answers HTTP %(status)s."),
    _("It does not answer."),
    _("Its answers can't be read."),
    _("It answers with errors (HTTP %(status)s)."),
    _("Sending was stopped."),
    _("%(vehicle)s is gone: the manufacturer's cloud no longer lists it in this fleet."),
    _("%(vehicle)s can't do this: %(what)s."),
    _("%(vehicle)s has left the fleet."),
    _("%(path)s is not supported"),
    _("%(path)s is not supported; charging can't be started at once"),
    _("%(path)s is not supported; charging can't be stopped at once"),
    _("%(path)s has %(number)s programs; %(most)s at the most"),
    _("The same is in progress on this vehicle."),
    _("The vehicle was moving %(age)s."),
    _(
        "%(spent)s of the vehicle's %(limit)s wake-ups of this month are spent, and a reserve of %(reserve)s is kept "
        "for locking, immobilising, finding and theft."
    ),
    _("It is being sent at this moment."),
    _("It may have been sent: the manufacturer's cloud gave no answer, and is asked what became of it."),
    _("The manufacturer's cloud has accepted it and can't take it back."),
    _("It has ended already."),
    _("It does not wait for approval."),
    _("Only managers of the fleet approve."),
    _("Another manager than the one who asked for it must approve it."),
    _("Its outcome is known by now."),
    _("Only managers of the fleet decide."),
    _("Sent to the manufacturer's cloud"),
    _("Asked again: %(purpose)s"),
    _("Answered with status %(status)s"),
    _("It could not be reached"),
    _("No answer in time"),
    _("The connection was cut before an answer came"),
    _("Sending is stopped for this fleet: %(why)s"),
    # Alerts (alerts/).
    _("“%(title)s” for %(vehicle)s failed. %(why)s"),
    _("“%(title)s” for %(vehicle)s has failed. %(why)s"),
    _("“%(title)s” for %(vehicle)s was carried out."),
    _("“%(title)s” for %(vehicle)s was carried out at a later try."),
    _("“%(title)s” for %(vehicle)s has reached the manufacturer's cloud; its outcome follows."),
    _("Nobody knows whether “%(title)s” for %(vehicle)s was carried out. %(why)s"),
    _("The manufacturer's cloud (%(name)s) does not work. Remote actions wait, and expire in time. %(why)s"),
    _(
        "The manufacturer's cloud (%(name)s) refuses our credentials, so nothing is sent. Ask whoever manages the "
        "connection to set new ones. %(why)s"
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
    _("“%(name)s” can't be sent with one click any more."),
)

SENTENCES = (*(value for name, value in list(globals().items()) if name.isupper() and isinstance(value, str)), *_OTHERS)

know(*SENTENCES, *TITLES)
