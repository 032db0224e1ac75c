"""How actions end by our own doing, why nobody knows how one ended, and what to do next: by the code in the row."""

from django.utils.translation import gettext_lazy as _

from gateways import codes as cloud
from remotes.words import codes
from remotes.words.expired import BUSY, NOT_APPROVED_IN_TIME, NOT_IN_TIME
from remotes.words.refusals import REFUSED
from remotes.words.texts import Text, Way

_CANCELLED = Text(
    _("It was cancelled before it was sent."),
    _("A person took it back in time. It never reached the vehicle."),
    _("Nothing needs to be done. Send it again if it is wanted after all."),
)
_NO_RIGHTS = Text(
    _("Whoever asked for it was no longer allowed to."),
    _("Rights are looked at once more right before sending, and they had changed since it was asked for."),
    _("Somebody who may send it can do so again."),
)

_NOT_APPROVED = Text(
    _("Another person did not approve it."),
    _("In this fleet a second person has to agree to such a command, and they did not. The vehicle has got nothing."),
    _("Ask them why. Send it again only if it is still wanted, and tell those who approve."),
)

# How actions end by our own doing, by the code that says so.
ENDS: dict[str, Text] = {
    codes.EXPIRED: Text(
        _("It was not sent in time."),
        NOT_IN_TIME,
        _("It waited behind earlier commands for this vehicle. Try again if it is still wanted."),
    ),
    codes.EXPIRED_BECAUSE: Text(
        _("It was not sent in time."),
        NOT_IN_TIME,
        _("Try again if it is still wanted."),
    ),
    codes.APPROVAL_EXPIRED: NOT_APPROVED_IN_TIME,
    codes.NOT_APPROVED: _NOT_APPROVED,
    codes.NOT_APPROVED_BECAUSE: _NOT_APPROVED,
    codes.EXPIRES_FIRST: BUSY,
    codes.NOT_MANAGER: _NO_RIGHTS,
    codes.NOT_CLIENT: _NO_RIGHTS,
    codes.NOT_CLIENTS_TYPE: _NO_RIGHTS,
    codes.LEFT: Text(
        _("The vehicle has left the fleet."),
        _("Between the asking and the sending the vehicle was moved to another fleet, so nothing was sent."),
        _("Look for the vehicle in its new fleet, or ask whoever manages that one."),
        (),
    ),
    codes.GONE: Text(
        _("The manufacturer's cloud no longer lists the vehicle."),
        _("The vehicle is not part of the contract with the manufacturer any more, so nothing was sent."),
        _("Ask the person who manages the contract with the manufacturer. The list is read again each hour."),
        (),
    ),
    codes.NOT_ABLE: Text(
        _("The vehicle can't do this."),
        _("The manufacturer says that this vehicle does not have the feature, or not with these values."),
        _("Choose another command, or other values."),
        (),
    ),
    codes.SAME: Text(
        _("The same command was under way already."),
        _("The vehicle was still busy with the same command, so this one was not sent."),
        _("See how the earlier one ends. Only if that one fails is there a need to try again."),
        (),
    ),
    codes.MOVING: Text(
        _("The vehicle was moving."),
        _("A vehicle that moves is not immobilised, so that nobody is hurt. Nothing was sent."),
        _("Wait until the vehicle stands, refresh its state, and try again."),
        (Way.REFRESH, Way.AGAIN),
    ),
    codes.RESERVE: Text(
        _("The last wake-ups of this month are kept for emergencies."),
        _("The vehicle sleeps, and waking it up would spend a wake-up that the fleet keeps for urgent commands."),
        _(
            "Send it while the vehicle is driven, or with “only when it is awake anyway”. The fleet's rules say how "
            "many wake-ups are kept."
        ),
    ),
    codes.NOT_SET_UP: Text(
        _("The fleet is not set up at the manufacturer's cloud."),
        _("FleetRemote does not know under which number the manufacturer's cloud has this fleet, so nothing was sent."),
        _("Tell your admin to set the fleet up at its gateway."),
        (),
    ),
    codes.NO_TRACE: Text(
        _("It never arrived at the manufacturer's cloud."),
        _(
            "No clear answer came when it was sent. FleetRemote has looked twice since, and the manufacturer's cloud "
            "has no trace of it: it was surely not carried out."
        ),
        _("Try again if it is still wanted."),
    ),
    codes.NOT_LISTED: Text(
        _("It is not known whether it was carried out."),
        _(
            "No clear answer came when it was sent. The manufacturer's cloud does not list it, but lists nothing else "
            "of this vehicle either, so that proves nothing."
        ),
        _("Look at the vehicle, or ask its driver, before you send it again."),
        (Way.REFRESH, Way.AGAIN),
    ),
    codes.UNSEEN_NOT_LISTED: Text(
        _("It is not known whether it was sent."),
        _(
            "FleetRemote's database had lost its last seconds, in which it may have been sent. The manufacturer's "
            "cloud does not list it, but lists nothing else of this vehicle either, so that proves nothing."
        ),
        _("Look at the vehicle, or ask its driver, before you send it again."),
        (Way.REFRESH, Way.AGAIN),
    ),
    codes.NEVER_KNOWN: Text(
        _("It is not known whether it was carried out."),
        _("No clear answer came when it was sent, and for three days the manufacturer's cloud could not tell more."),
        _("Look at the vehicle, or ask its driver, before you send it again."),
        (Way.REFRESH, Way.AGAIN),
    ),
    codes.NEVER_TOLD: Text(
        _("The manufacturer's cloud told no outcome."),
        _("The manufacturer's cloud had accepted it, but for three days it did not say what became of it."),
        _("Look at the vehicle, or ask its driver, before you send it again."),
        (Way.REFRESH, Way.AGAIN),
    ),
    codes.CANCELLED: _CANCELLED,
    codes.CANCELLED_BECAUSE: _CANCELLED,
    codes.SAID_NOT: Text(
        _("A person has found out that it was not carried out."),
        _("The outcome was not known, and a person has looked."),
        _("Try again if it is still wanted."),
    ),
    codes.REFUSED: REFUSED,
}
ENDS[codes.SAID_NOT_BECAUSE] = ENDS[codes.SAID_NOT]

# Why nobody knows the outcome of an action, by the code that says so.
_LOST = Text(
    _("The answer of the manufacturer's cloud was lost."),
    _("The command was sent, but no answer came, so it may or may not be carried out."),
    _("FleetRemote asks the manufacturer's cloud what became of it. Wait, or have somebody look at the vehicle."),
    (Way.REFRESH,),
)
_UNCLEAR = Text(
    _("The manufacturer's cloud gave no clear answer."),
    _("The manufacturer's cloud had a fault of its own when it got the command: it may or may not be carried out."),
    _("FleetRemote asks the manufacturer's cloud what became of it. Wait, or have somebody look at the vehicle."),
    (Way.REFRESH,),
)
_ELSEWHERE = Text(
    _("A page answered in place of the manufacturer's cloud."),
    _(
        "A log-in page, a proxy or a firewall answered when the command was sent, so it may or may not have come to "
        "the manufacturer's cloud."
    ),
    _(
        "Tell your admin to look at the address of the gateway. FleetRemote asks the manufacturer's cloud what became "
        "of it. Have somebody look at the vehicle before you send it again."
    ),
    (Way.REFRESH,),
)
_PROBABLE = Text(
    _("It has probably reached the vehicle."),
    _(
        "No clear answer came when it was sent, but such a command has been reported for this vehicle since then, and "
        "nobody here asked for another one."
    ),
    _("Look at the vehicle, or ask its driver. FleetRemote goes on asking the manufacturer's cloud."),
    (Way.REFRESH,),
)
OUTCOME_UNKNOWN: dict[str, Text] = {
    codes.UNSEEN: Text(
        _("FleetRemote's database has lost its last seconds."),
        _("It may have been sent in those seconds, or not. It is sent once it is proved that it was not."),
        _("FleetRemote asks the manufacturer's cloud. Wait, or have somebody look at the vehicle."),
        (Way.REFRESH,),
    ),
    cloud.NO_ANSWER: _LOST,
    cloud.CUT: _LOST,
    cloud.ANSWERED: _UNCLEAR,
    cloud.ANSWERED_SAYING: _UNCLEAR,
    cloud.REDIRECTED: _ELSEWHERE,
    cloud.PAGE: _ELSEWHERE,
    cloud.UNREADABLE: _UNCLEAR,
    cloud.UNREADABLE_BECAUSE: _UNCLEAR,
    cloud.WITHOUT: _UNCLEAR,
    codes.PROBABLY_DONE: _PROBABLE,
    codes.PROBABLY_TAKEN: _PROBABLE,
}
