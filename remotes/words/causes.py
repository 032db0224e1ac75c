"""What each failure means and what to do next, in one table: causes of both dialects, refusals, ends of our own making.

Causes and statuses of HTTP are the wire's; our own ends are known by the code that the action's row holds
(remotes/words/codes.py, gateways/codes.py). What is not here is shown as it is, with UNKNOWN beside it.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from fleets.words.sentences import know
from gateways import codes as cloud
from protocol import statuses
from remotes.words import codes

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class Way(StrEnum):
    """What can be done about a failure on its page."""

    AGAIN = "again"
    WAKE_UP = "wake-up"
    REFRESH = "refresh"


@dataclass(frozen=True)
class Text:
    """`text` says it in one short sentence, for lists; `meaning` in plain words; `advice` is what to do next."""

    text: "StrOrPromise"
    meaning: "StrOrPromise"
    advice: "StrOrPromise"
    ways: tuple[Way, ...] = (Way.AGAIN,)


_STOLEN = Text(
    _("The vehicle is marked as stolen."),
    _("While a vehicle is marked as stolen, it refuses most commands, so that nobody helps the thief by mistake."),
    _("If it has been found, clear the mark first. If not, leave the mark as it is and work with the police."),
)
_PRIVACY = Text(
    _("Privacy is switched on in the vehicle."),
    _("The driver has switched on privacy on the vehicle's screen. It then shares nothing and takes no such commands."),
    _("Ask the driver to switch privacy off on the vehicle's screen, then try again. It is the driver's choice."),
)

UNKNOWN = Text(
    "",
    _("The manufacturer's cloud gave a reason that FleetRemote does not know yet. It is shown as it came."),
    _("Try again. If it fails again, give the manufacturer's support the reason and the time."),
)

CAUSES: dict[str, Text] = {
    statuses.GENERAL_ERROR: Text(
        _("The manufacturer's cloud gave no closer reason."),
        _("Something went wrong at the manufacturer's cloud or in the vehicle, and neither says what."),
        _("Try again. If it fails again, ask the manufacturer's support, and tell them the time and the VIN."),
    ),
    "VehicleError": Text(
        _("The vehicle reported a fault."),
        _("The command reached the vehicle, but the vehicle could not carry it out because of a fault of its own."),
        _("Try again. If it fails again, have the vehicle looked at in a workshop."),
        (Way.AGAIN, Way.REFRESH),
    ),
    "WrongCommand": Text(
        _("The vehicle did not understand the command."),
        _("The vehicle got a command that it does not know, or with values that it does not take."),
        _("Check that this vehicle has the feature, and send it with other values if it has."),
        (),
    ),
    statuses.VEHICLE_CONNECTION_TIMEOUT: Text(
        _("The vehicle could not be reached."),
        _("The manufacturer's cloud called the vehicle, and it did not answer in time. Nothing was carried out."),
        _(
            "It may stand where there is no network, in an underground car park for instance. Try again later, "
            "or when it is on the road. If it happens every time, have its connection looked at."
        ),
        (Way.WAKE_UP, Way.AGAIN),
    ),
    statuses.MISSING_RIGHTS: Text(
        _("Your contract does not allow this for this vehicle."),
        _("The manufacturer's cloud says that this account may not send this command to this vehicle."),
        _("Ask whoever manages the contract with the manufacturer whether this service is booked for the vehicle."),
        (),
    ),
    "NotPossibleDueToVehicleBatteryLevel": Text(
        _("The vehicle's battery is too low."),
        _("The vehicle keeps what is left in its battery for driving and starting, and refuses remote commands."),
        _("Charge it or have it driven for a while, then try again."),
        (Way.AGAIN, Way.REFRESH),
    ),
    "NotPossibleDueToVehiclePrivacyLevel": _PRIVACY,
    statuses.TOO_MANY_WAKE_UPS: Text(
        _("The vehicle's wake-ups of this month are used up."),
        _(
            "A vehicle that sleeps has to be woken up for each command, and the manufacturer allows that only so often "
            "a month, to spare its battery."
        ),
        _("It answers again while it is driven, as no wake-up is needed then, or when the new month begins."),
    ),
    "TooManyRequestInShortTime": Text(
        _("Too many commands in a short time."),
        _("The vehicle got more commands within a few minutes than the manufacturer allows."),
        _("Wait some minutes, then try again once."),
    ),
    "TooManyRequestSent": Text(
        _("Too many commands were sent to this vehicle."),
        _("The manufacturer limits how many commands a vehicle gets, and this vehicle has had them all for now."),
        _("Wait some hours, then try again. If a service or a schedule sends often, make it send more seldom."),
    ),
    statuses.SAME_ACTION_IN_PROGRESS: Text(
        _("The same command was under way already."),
        _("The vehicle was still busy with the same command, so this one was not taken on."),
        _("See how the earlier one ends. Only if that one fails is there a need to try again."),
        (),
    ),
    "NotPossibleDueToVehicleStolenState": _STOLEN,
    "VehicleInUse": Text(
        _("Someone was using the vehicle."),
        _("The vehicle takes this command only while nobody uses it, and its ignition was on or it was moving."),
        _("Try again when it is parked and switched off."),
        (Way.AGAIN, Way.REFRESH),
    ),
    "DoorsOpen": Text(
        _("A door was open."),
        _("The vehicle can't be locked while a door, the boot or the bonnet is open."),
        _("Have it shut, then try again."),
        (Way.AGAIN, Way.REFRESH),
    ),
    "VehicleErrorOrCidInside": Text(
        _("A key was left inside, or the vehicle reported a fault."),
        _("The vehicle was not locked, so that nobody is locked out: it found a key inside, or could not tell."),
        _("Have somebody look for a key in the vehicle. If there is none, try again, then have it looked at."),
        (Way.AGAIN, Way.REFRESH),
    ),
    "CidInside": Text(
        _("A key was left inside the vehicle."),
        _("The vehicle was not locked, so that nobody is locked out: it found a key inside."),
        _("Have the key taken out, then try again."),
    ),
    "ExternalChargingSystemError": Text(
        _("The charging station reported a fault."),
        _("The vehicle is fine, but the charging station or the cable does not give it any power."),
        _("Check the station and the cable, or plug in at another station, then try again."),
        (Way.AGAIN, Way.REFRESH),
    ),
    "VehicleChargingSystemError": Text(
        _("The vehicle's charging system reported a fault."),
        _("The vehicle itself could not start or stop charging because of a fault of its own."),
        _("Unplug it, plug it in again, and try again. If it fails again, have the vehicle looked at in a workshop."),
        (Way.AGAIN, Way.REFRESH),
    ),
    "VehicleIsNotLocked": Text(
        _("The vehicle was not locked."),
        _("The vehicle takes this command only while it is locked."),
        _("Lock it, then try again."),
        (Way.AGAIN, Way.REFRESH),
    ),
    "CanceledByDriver": Text(
        _("The driver cancelled it."),
        _("The command reached the vehicle, and somebody in it declined."),
        _("Talk to the driver before you send it again."),
    ),
    "AuthorizationError": Text(
        _("The manufacturer's cloud refused us."),
        _("The manufacturer's cloud did not accept FleetRemote's credentials for this command."),
        _("Ask whoever manages the connection to the manufacturer: the credentials or their rights need a look."),
        (),
    ),
    "StolenVehicle": _STOLEN,
    "PrivacyFull": _PRIVACY,
    "HdmiRemoteServiceDeactivated": Text(
        _("Remote services are switched off in the vehicle."),
        _("The vehicle's connected services have been switched off in its settings, so it takes no remote commands."),
        _("Have them switched on on the vehicle's screen, or ask the manufacturer to activate them again."),
    ),
    "AlertIdentificationFailedByVehicle": Text(
        _("The vehicle did not recognise the alert."),
        _("The command was about a theft alert that the vehicle does not know, or that is over already."),
        _("Look whether the alert still stands, and try again if it does."),
        (Way.AGAIN, Way.REFRESH),
    ),
}

# By the status of HTTP with which the manufacturer's cloud refused a command.
REFUSALS: dict[int, Text] = {
    400: Text(
        _("The manufacturer's cloud did not understand the command."),
        _("The command was written in a way that the manufacturer's cloud does not take, often because of its values."),
        _("Send it with other values. If that does not help, tell whoever runs FleetRemote."),
        (),
    ),
    401: Text(
        _("The manufacturer's cloud refused our credentials."),
        _("The client ID, user name, password or certificate that FleetRemote has for it is not taken any more."),
        _("Tell whoever runs FleetRemote to set the right ones. Then try again."),
    ),
    403: Text(
        _("The manufacturer's cloud does not allow this for this vehicle."),
        _("FleetRemote is known to the manufacturer's cloud, but may not send this command to this vehicle."),
        _("Ask whoever manages the contract with the manufacturer whether this service is booked for the vehicle."),
        (),
    ),
    404: Text(
        _("The manufacturer's cloud does not know this vehicle any more."),
        _("The vehicle is not there under the number that FleetRemote has for it: it may have left the contract."),
        _("Ask whoever manages the contract whether the vehicle is still part of it. The list is read anew each hour."),
        (),
    ),
    409: Text(
        _("The manufacturer's cloud is still busy with the vehicle."),
        _("The command contradicts something that the manufacturer's cloud is doing with the vehicle at the moment."),
        _("See how the earlier command ends, then try again."),
    ),
    429: Text(
        _("The manufacturer's cloud asks us to slow down."),
        _("More commands were sent through this connection than the manufacturer allows in that time."),
        _("FleetRemote slows down by itself. Try again in some minutes."),
    ),
    500: Text(
        _("The manufacturer's cloud had a fault of its own."),
        _("The manufacturer's cloud answered that something went wrong on its side."),
        _("Try again in some minutes. If it goes on, ask the manufacturer's support."),
    ),
}
REFUSED = Text(
    _("The manufacturer's cloud refused the command."),
    _("The manufacturer's cloud refused the command before it was sent to the vehicle. Nothing was carried out."),
    _("Read what it says. If that does not help, ask whoever runs FleetRemote."),
)

_NOT_IN_TIME = _("It could not be sent in time, and what is too old is never sent, so that nothing surprises anyone.")
_BUSY = Text(
    _("It was not sent in time: the connection to the manufacturer was busy."),
    _NOT_IN_TIME,
    _("Try again if it is still wanted. If it happens often, give such commands more time in the fleet's rules."),
)
_DOWN = Text(
    _("It was not sent in time: the manufacturer's cloud was down."),
    _NOT_IN_TIME,
    _("Look under “Sending” whether the manufacturer's cloud works again, then try again if it is still wanted."),
)
_CREDENTIALS = Text(
    _("It was not sent in time: the manufacturer's cloud refused our credentials."),
    _NOT_IN_TIME,
    _("Tell whoever runs FleetRemote to set the right client ID, user name, password or certificate. Then try again."),
)
_IN_FRONT = Text(
    _("It was not sent in time: something in front of the manufacturer's cloud refused it."),
    _(
        "A gateway, firewall or proxy between FleetRemote and the manufacturer's cloud let nothing through, so the "
        "vehicle was not even asked for."
    ),
    _(
        "Tell whoever runs FleetRemote: the account may not be released for this API, or this computer's address may "
        "not be allowed. What it says is for the manufacturer's support."
    ),
)
_NOTHING_THERE = Text(
    _("It was not sent in time: the address of the manufacturer's cloud leads nowhere."),
    _(
        "Something answers at the address that FleetRemote has for the manufacturer's cloud, but it does not know the "
        "API. That says nothing about the vehicle."
    ),
    _("Tell whoever runs FleetRemote to look at the address of the gateway, its path above all. Then try again."),
)
_LED_ASTRAY = Text(
    _("It was not sent in time: a page answered in place of the manufacturer's cloud."),
    _("A log-in page, a proxy or a firewall answers at the address that FleetRemote has, so nothing was sent."),
    _("Tell whoever runs FleetRemote to look at the address of the gateway. Then try again if it is still wanted."),
)
_NO_CALLBACK = Text(
    _("It was not sent in time: the manufacturer's cloud did not take FleetRemote's callback."),
    _("Nothing is sent before the manufacturer's cloud knows where to report the outcome, and it did not take that."),
    _("Tell whoever runs FleetRemote to look at the gateway's connection. Then try again if it is still wanted."),
)
_PROXY = Text(
    _("It was not sent in time: the proxy on the way to the manufacturer's cloud did not answer."),
    _NOT_IN_TIME,
    _("Tell whoever runs FleetRemote to look at the proxy of the gateway. Then try again if it is still wanted."),
)
_BAD_ADDRESS = Text(
    _("It was not sent in time: the address of the manufacturer's cloud can't be used."),
    _("FleetRemote has an address for the manufacturer's cloud that it can't call, so nothing was sent."),
    _("Tell whoever runs FleetRemote to set the right address of the gateway. Then try again."),
)
_STOPPED = Text(
    _("It was not sent in time: sending was stopped."),
    _("A person had stopped all sending, and nobody allowed it again before the time of this command was over."),
    _("Look under “Sending” whether sending is allowed again, then try again if it is still wanted."),
)
_CANCELLED = Text(
    _("It was cancelled before it was sent."),
    _("A person took it back in time. The vehicle has got nothing of it."),
    _("Nothing needs to be done. Send it again if it is wanted after all."),
)
_NO_RIGHTS = Text(
    _("Whoever asked for it was no longer allowed to."),
    _("Rights are looked at once more right before sending, and they had changed since it was asked for."),
    _("Somebody who manages this fleet can send it again."),
)

# Why an action that expired had waited, by the code that says so.
EXPIRED: dict[str, Text] = {
    codes.APPROVAL: Text(
        _("Nobody approved it in time."),
        _("In this fleet another manager has to approve such a command, and none did before its time was over."),
        _("Send it again, and tell another manager that it waits for approval."),
    ),
    codes.STOPPED: _STOPPED,
    codes.STOPPED_FOR_ALL: _STOPPED,
    codes.CREDENTIALS: _CREDENTIALS,
    codes.CREDENTIALS_BECAUSE: _CREDENTIALS,
    codes.CREDENTIALS_UNTIL: _CREDENTIALS,
    cloud.CERTIFICATE_REFUSED: _CREDENTIALS,
    cloud.BAD_CREDENTIALS: _CREDENTIALS,
    codes.IN_FRONT_BECAUSE: _IN_FRONT,
    codes.IN_FRONT_UNTIL: _IN_FRONT,
    codes.NOTHING_THERE: _NOTHING_THERE,
    codes.DOWN: _DOWN,
    codes.DOWN_BECAUSE: _DOWN,
    cloud.UNREACHABLE: _DOWN,
    cloud.PROXY_UNREACHABLE: _PROXY,
    codes.NO_CALLBACK: _NO_CALLBACK,
    cloud.BAD_ADDRESS: _BAD_ADDRESS,
    cloud.BAD_ADDRESS_BECAUSE: _BAD_ADDRESS,
    codes.CLOCK_OFF: Text(
        _("It was not sent in time: the clock of FleetRemote's computer was wrong."),
        _("Nothing is sent by a computer whose clock is wrong, since nobody knows whether it would be in time."),
        _("Tell whoever runs FleetRemote that a computer's clock must be set."),
        (),
    ),
    codes.UNSEEN: Text(
        _("It was not sent in time: FleetRemote's database had lost its last seconds."),
        _(
            "Nobody knew whether it had been sent in those seconds, so FleetRemote looked for it at the manufacturer's "
            "cloud first. It was surely not sent, but then its time was over."
        ),
        _("Try again if it is still wanted."),
    ),
    codes.SLOW_DOWN: _BUSY,
    cloud.SLOW_DOWN_BECAUSE: _BUSY,
    codes.DAY: _BUSY,
    codes.DAY_URGENT_FIRST: _BUSY,
    codes.PACE: _BUSY,
    codes.PACE_ONE: _BUSY,
    codes.PACE_UNKNOWN: _BUSY,
    codes.REGISTERED_AGAIN: _BUSY,
    codes.TYPE_ADDED: _BUSY,
    codes.TOO_SLOW: _BUSY,
}
# Why it expired while the gateway counted as down, by what its requests had met, where that is no fault of the cloud's.
MET: dict[str, Text] = {
    codes.IN_FRONT: _IN_FRONT,
    codes.IN_FRONT_SAYING: _IN_FRONT,
    codes.LEADS_ELSEWHERE: _LED_ASTRAY,
    codes.IS_PAGE: _LED_ASTRAY,
}
NEVER_AWAKE = Text(
    _("The vehicle did not wake up by itself in time."),
    _("It was to wait until the vehicle is awake anyway, so that no wake-up is spent, which did not happen in time."),
    _("Send it again with more time, or let it wake the vehicle up."),
)

# How actions end by our own doing, by the code that says so.
ENDS: dict[str, Text] = {
    codes.EXPIRED: Text(
        _("It was not sent in time."),
        _NOT_IN_TIME,
        _("It waited behind earlier commands for this vehicle. Try again if it is still wanted."),
    ),
    codes.EXPIRED_BECAUSE: Text(
        _("It was not sent in time."),
        _NOT_IN_TIME,
        _("Try again if it is still wanted."),
    ),
    codes.EXPIRES_FIRST: _BUSY,
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
        _("Ask whoever manages the contract with the manufacturer. The list is read anew each hour."),
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
        _("Tell whoever runs FleetRemote to set the fleet up at its gateway."),
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
        _("Nobody knows whether it was carried out."),
        _(
            "No clear answer came when it was sent. The manufacturer's cloud does not list it, but lists nothing else "
            "of this vehicle either, so that proves nothing."
        ),
        _("Look at the vehicle, or ask its driver, before you send it again."),
        (Way.REFRESH, Way.AGAIN),
    ),
    codes.UNSEEN_NOT_LISTED: Text(
        _("Nobody knows whether it was sent."),
        _(
            "FleetRemote's database had lost its last seconds, in which it may have been sent. The manufacturer's "
            "cloud does not list it, but lists nothing else of this vehicle either, so that proves nothing."
        ),
        _("Look at the vehicle, or ask its driver, before you send it again."),
        (Way.REFRESH, Way.AGAIN),
    ),
    codes.NEVER_KNOWN: Text(
        _("Nobody knows whether it was carried out."),
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
        "Tell whoever runs FleetRemote to look at the address of the gateway. FleetRemote asks the manufacturer's "
        "cloud what became of it. Have somebody look at the vehicle before you send it again."
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


def cause_words(cause: str) -> Text:
    """The words for a cause of the protocol; those of an unknown one are general, and have no `text`."""
    return CAUSES.get(cause, UNKNOWN)


def refusal_words(status: int) -> Text:
    """The words for a status of HTTP that the manufacturer's cloud refused a command with."""
    return REFUSALS.get(500 if status >= 500 else status, REFUSED)


def know_causes() -> None:
    """Alerts hold the words of causes, in English; to be called before any language is chosen."""
    for text in CAUSES.values():
        know(str(text.text), str(text.advice))
