"""Why an action ended, waits, was refused or can't be helped: the codes of remote actions (protocol/why.py).

Those of requests to the manufacturer's cloud are in gateways/codes.py. Why an action failed is explained by code
(causes.py, refusals.py, expired.py, ends.py).
"""

from protocol.why import code
from protocol.why import gettext_noop as _

# How an action ended by our own doing.
EXPIRED = code("expired", _("Not sent: its %(life)s had passed."))
EXPIRED_BECAUSE = code("expired-because", _("Not sent: its %(life)s had passed. %(why)s"))
EXPIRES_FIRST = code("expires-first", _("Not sent: its %(life)s will be over by then. %(why)s"))
NOT_MANAGER = code("not-manager", _("Not sent: whoever asked for it may not send it any more."))
NOT_CLIENT = code("not-client", _("Not sent: the service that asked for it may no longer use this fleet."))
NOT_CLIENTS_TYPE = code(
    "not-clients-type", _("Not sent: the service that asked for it may no longer send this: %(title)s.")
)
LEFT = code("left", _("Not sent: the vehicle has left the fleet."))
GONE = code("gone", _("Not sent: %(vehicle)s is gone: the manufacturer's cloud no longer lists it in this fleet."))
NOT_ABLE = code("not-able", _("Not sent: %(vehicle)s can't do this: %(what)s."))
SAME = code("same", _("Not sent: the same is in progress on this vehicle."))
MOVING = code("moving", _("Not sent: the vehicle was moving %(age)s."))
RESERVE = code(
    "reserve",
    _(
        "Not sent: %(spent)s of the vehicle's %(limit)s wake-ups of this month are spent, and a reserve of %(reserve)s "
        "is kept for locking, immobilising, finding and theft."
    ),
)
NOT_SET_UP = code("not-set-up", _("Not sent: this fleet is not set up at the vehicle's gateway."))
REFUSED = code("refused", _("The manufacturer's cloud refused it: %(why)s"))
NO_TRACE = code(
    "no-trace",
    _("It was not carried out: the manufacturer's cloud has no trace of it. Send it again if it is still wanted."),
)
NOT_LISTED = code(
    "not-listed",
    _("The manufacturer's cloud does not list it, which proves nothing. Look at the vehicle before you send it again."),
)
UNSEEN_NOT_LISTED = code(
    "unseen-not-listed",
    _(
        "FleetRemote's database had lost its last seconds, in which this may have been sent. The manufacturer's cloud "
        "does not list it, which proves nothing. Look at the vehicle before you send it again."
    ),
)
NEVER_KNOWN = code("never-known", _("For three days nobody could tell whether it was carried out. Check the vehicle."))
NEVER_TOLD = code("never-told", _("The manufacturer's cloud has told no outcome for three days. Check the vehicle."))
CANCELLED = code("cancelled", _("Cancelled by %(who)s."))
CANCELLED_BECAUSE = code("cancelled-because", _("Cancelled by %(who)s. %(why)s"))
SAID_NOT = code("said-not", _("%(who)s says that it was not carried out."))
SAID_NOT_BECAUSE = code("said-not-because", _("%(who)s says that it was not carried out: %(why)s"))
SAID_DONE = code("said-done", _("%(who)s says that it was carried out."))
SAID_DONE_BECAUSE = code("said-done-because", _("%(who)s says that it was carried out: %(why)s"))
NOT_APPROVED = code("not-approved", _("Not sent: %(who)s did not approve it."))
NOT_APPROVED_BECAUSE = code("not-approved-because", _("Not sent: %(who)s did not approve it. %(why)s"))
APPROVAL_EXPIRED = code("approval-expired", _("Not sent: nobody approved it within %(life)s."))

# Why an action waits, and so why it may have expired.
APPROVAL = code("approval", _("Another manager must approve it."))
STOPPED = code("stopped", _("Sending is stopped: %(why)s"))
STOPPED_FOR_ALL = code("stopped-for-all", _("Sending is stopped for all fleets: %(why)s"))
CREDENTIALS = code(
    "credentials", _("The manufacturer's cloud refuses our credentials. This is sent once they are right again.")
)
CREDENTIALS_BECAUSE = code("credentials-because", _("The manufacturer's cloud refuses our credentials: %(why)s"))
CREDENTIALS_UNTIL = code(
    "credentials-until",
    _("The manufacturer's cloud refuses our credentials. %(why)s This is sent once they are right again."),
)
IN_FRONT_BECAUSE = code(
    "in-front-because", _("Something in front of the manufacturer's cloud refuses it (HTTP %(status)s): %(why)s")
)
IN_FRONT_UNTIL = code(
    "in-front-until",
    _("Something in front of the manufacturer's cloud refuses us. %(why)s This is sent once it lets us through."),
)
NOTHING_THERE = code(
    "nothing-there", _("Nothing answers at the address of the manufacturer's cloud (HTTP %(status)s): %(why)s")
)
DOWN = code("down", _("The manufacturer's cloud is down. This is sent once it works again."))
DOWN_BECAUSE = code("down-because", _("The manufacturer's cloud is down. %(why)s This is sent once it works again."))
SLOW_DOWN = code("slow-down", _("The manufacturer's cloud has asked us to slow down."))
DAY = code("day", _("%(left)s of %(limit)s requests a day are left at the manufacturer's cloud."))
DAY_URGENT_FIRST = code(
    "day-urgent-first",
    _("%(left)s of %(limit)s requests a day are left at the manufacturer's cloud, and urgent actions go first."),
)
CLOCK_OFF = code("clock-off", _("The clock of the computer that would send it is wrong by %(seconds)s seconds."))
PACE_ONE = code("pace-one", _("The manufacturer's cloud takes %(number)s request a second; %(others)s."))
PACE = code("pace", _("The manufacturer's cloud takes %(number)s requests a second; %(others)s."))
PACE_UNKNOWN = code("pace-unknown", _("The manufacturer's cloud gets only some requests for now; %(others)s."))
NO_CALLBACK = code("no-callback", _("No callback at the manufacturer's cloud: %(why)s"))
TYPE_ADDED = code("type-added", _("Our callback at the manufacturer's cloud did not take this type, and does now."))
REGISTERED_AGAIN = code(
    "registered-again", _("Our callback at the manufacturer's cloud was gone and is registered again.")
)
TOO_SLOW = code("too-slow", _("The worker was too slow."))
WORKER_STOPPED = code("worker-stopped", _("The worker that was sending it stopped."))

UNSEEN = code(
    "unseen",
    _(
        "FleetRemote's database has lost its last seconds, in which this may have been sent: it is looked for at the "
        "manufacturer's cloud first."
    ),
)

# Told of one that waits, and never stored.
WHEN_AWAKE = code("when-awake", _("It waits until the vehicle is awake anyway, and spends no wake-up."))

# Why it is not asked for at all; not sent for the same reasons, it ends as above.
IS_GONE = code("is-gone", _("%(vehicle)s is gone: the manufacturer's cloud no longer lists it in this fleet."))
UNABLE = code("unable", _("%(vehicle)s can't do this: %(what)s."))
HAS_LEFT = code("has-left", _("%(vehicle)s has left the fleet."))
IN_PROGRESS = code("in-progress", _("The same is in progress on this vehicle."))
IS_MOVING = code("is-moving", _("The vehicle was moving %(age)s."))
RESERVED = code(
    "reserved",
    _(
        "%(spent)s of the vehicle's %(limit)s wake-ups of this month are spent, and a reserve of %(reserve)s is kept "
        "for locking, immobilising, finding and theft."
    ),
)
# How an action ends that waits, by what would speak against asking for it.
NOT_SENT = {IS_GONE: GONE, UNABLE: NOT_ABLE, IN_PROGRESS: SAME, IS_MOVING: MOVING, RESERVED: RESERVE}
NO_ONE_CLICK = code("no-one-click", _("“%(name)s” can't be sent with one click any more."))

# Why a person can't cancel, approve or decide.
BEING_SENT = code("being-sent", _("It is being sent at this moment."))
MAYBE_SENT = code(
    "maybe-sent", _("It may have been sent: the manufacturer's cloud gave no answer, and is asked what became of it.")
)
TAKEN = code("taken", _("The manufacturer's cloud has accepted it and can't take it back."))
ENDED = code("ended", _("It has ended already."))
NO_APPROVAL = code("no-approval", _("It does not wait for approval."))
APPROVAL_OVER = code("approval-over", _("The time in which it could be approved is over."))
NOT_YOUR_TYPE = code("not-your-type", _("You may not send this yourself, so you can't decide on it."))
ANOTHER_MANAGER = code(
    "another-manager", _("Another manager than those who had a hand in it must decide: nobody approves their own.")
)
MAY_NOT_BREAK_GLASS = code("may-not-break-glass", _("You may not send this without a second person."))
REASON_TOO_SHORT = code("reason-too-short", _("Say why, in %(number)s characters at the least."))
ANOTHER_MANAGER_CLOSES = code(
    "another-manager-closes", _("Another manager than those who had a hand in it must look into it.")
)
REVIEW_CLOSED = code("review-closed", _("It has been looked into already."))
IS_KNOWN = code("is-known", _("Its outcome is known by now."))
ONLY_MANAGERS_DECIDE = code("only-managers-decide", _("Only those who may send it decide about it."))

# What of a fleet's rules would be weaker once a second person has agreed.
RULES_NO_SECOND = code("rules-no-second", _("No second person is needed any more for: %(types)s."))
RULES_APPROVAL_MINUTES = code(
    "rules-approval-minutes", _("An approval may take %(after)s minutes instead of %(before)s.")
)
RULES_MOVING_MINUTES = code(
    "rules-moving-minutes", _("That a vehicle was moving counts for %(after)s minutes instead of %(before)s.")
)
RULES_TIME_TO_LIVE = code(
    "rules-time-to-live", _("%(what)s: may still be sent after %(after)s minutes instead of %(before)s.")
)
RULES_CHANGED = code(
    "rules-changed", _("The rules have changed since this was asked for. Ask for it again if it is still wanted.")
)
BOTH = code("both", "%(first)s %(second)s")

# What speaks for an unknown outcome.
PROBABLY_DONE = code(
    "probably-done",
    _("It was probably carried out: the vehicle has reported such a command, and nobody here asked for another."),
)
PROBABLY_TAKEN = code(
    "probably-taken",
    _("It has probably arrived: the manufacturer's cloud tells of such a command, and nobody here asked for another."),
)

# What was asked of the manufacturer's cloud about an action, and what came.
SENT = code("sent", _("Sent to the manufacturer's cloud"))
ASKED_AGAIN = code("asked-again", _("Asked again: %(purpose)s"))
LOOKED_UP = code("looked-up", _("looked up by its label"))
ASKED_FOR = code("asked-for", _("asked for by its id"))
STATUS = code("status", _("Answered with status %(status)s"))
STATUS_SAYING = code("status-saying", _("Answered with status %(status)s: “%(words)s”"))
WAS_NOT_SENT = code("was-not-sent", _("It was not sent. %(why)s"))

# Why a vehicle's state is not there.
STATE_NONE = code("state-none", _("The manufacturer's cloud gave no state of this vehicle: %(why)s"))
STATE_FORBIDDEN = code(
    "state-forbidden", _("The manufacturer's cloud does not let us read the state of this vehicle: %(why)s")
)
STATE_REFUSED = code("state-refused", _("The manufacturer's cloud refused to give the state of this vehicle: %(why)s"))
STATE_FAILED = code("state-failed", _("The state could not be read: %(why)s"))

# Why a gateway does not work.
REFUSES = code("refuses", _("It answers HTTP %(status)s."))
REFUSES_SAYING = code("refuses-saying", _("It answers HTTP %(status)s: “%(words)s”."))
IN_FRONT = code("in-front", _("Something in front of it answers HTTP %(status)s."))
IN_FRONT_SAYING = code("in-front-saying", _("Something in front of it answers HTTP %(status)s: “%(words)s”."))
LEADS_ELSEWHERE = code("leads-elsewhere", _("It answers HTTP %(status)s, which leads to %(where)s."))
IS_SILENT = code("is-silent", _("It does not answer."))
IS_UNREADABLE = code("is-unreadable", _("Its answers can't be read."))
IS_PAGE = code("is-page", _("It answers with a page: “%(words)s”."))
HAS_ERRORS = code("has-errors", _("It answers with errors (HTTP %(status)s)."))
HAS_ERRORS_SAYING = code("has-errors-saying", _("It answers with errors (HTTP %(status)s): “%(words)s”."))

# Why a filter of vehicles can't be read.
OTHER_VERSION = code("other-version", _("it is not of a version that is known"))
NOT_KNOWN = code("not-known", _("%(name)s is not known"))
NOT_FIT = code("not-fit", _("%(name)s is %(value)s"))

# Parts of those above.
AT_STOP = code("at-stop", _("Sending was stopped."))
BULK_STOPPED = code("bulk-stopped", _("The bulk command was stopped."))
OTHERS_FIRST = code("others-first", _("others go before this one"))
OTHER_WAITS = code("other-waits", _("%(number)s other waits too"))
OTHERS_WAIT = code("others-wait", _("%(number)s others wait too"))
SECONDS = code("seconds", _("%(number)s seconds"))
MINUTES = code("minutes", _("%(number)s minutes"))
SECONDS_AGO = code("seconds-ago", _("%(number)s seconds ago"))
MINUTES_AGO = code("minutes-ago", _("%(number)s minutes ago"))
