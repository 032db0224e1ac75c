"""Why a proposal can't be made or decided, and why it came to nothing (protocol/why.py)."""

from protocol.why import code
from protocol.why import gettext_noop as _

DECIDED = code("proposal-decided", _("It has been decided already."))
OVERDUE = code("proposal-overdue", _("Nobody decided on it within a week."))
ASKER_LEFT = code("proposal-asker-left", _("Whoever asked for it may no longer ask for such a change."))
ANOTHER_PERSON = code("proposal-another-person", _("It needs another person than those who had a hand in it."))
NOT_YOURS = code("proposal-not-yours", _("Only whoever asked for it withdraws it."))
TOO_MANY = code("proposal-too-many", _("%(number)s changes wait for a second person already. Have some decided first."))
UNKNOWN_KIND = code("proposal-unknown-kind", _("This version of FleetRemote does not know this kind of change."))

# What is proposed about services.
TRUST = code("proposal-trust", _("The service “%(client)s” may send this without a second person: %(types)s."))
TRUST_CLIENT_GONE = code("proposal-trust-client-gone", _("The service is not there any more, or has left the fleet."))
