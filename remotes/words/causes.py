"""What each failure cause of both dialects means and what to do next, in one table.

A cause that is not here is shown as it came; that none came is told apart from it.
"""

from dataclasses import replace

from django.utils.translation import gettext_lazy as _

from fleets.words.sentences import know
from protocol import statuses
from protocol.why import Why, code
from remotes.words.texts import Text, Way

# How the codes of causes begin.
_CODE = "cause-"

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

_ASK_SUPPORT = _("Try again. If it fails again, ask the manufacturer's support, and tell them the time and the VIN.")

NOT_TOLD = Text(
    _("It failed, and the manufacturer's cloud gave no cause."),
    _("The manufacturer's cloud says that it failed, and nothing more."),
    _ASK_SUPPORT,
    (Way.AGAIN, Way.REFRESH),
)
UNKNOWN = Text(
    _("The manufacturer's cloud gave a cause that is not known here: “%(cause)s”."),
    _("The manufacturer's cloud gave a reason that FleetRemote does not know yet. It is shown as it came."),
    _("Try again. If it fails again, give the manufacturer's support the reason and the time."),
)

CAUSES: dict[str, Text] = {
    statuses.GENERAL_ERROR: Text(
        _("The manufacturer's cloud gave no closer reason."),
        _("Something went wrong at the manufacturer's cloud or in the vehicle, and neither says what."),
        _ASK_SUPPORT,
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
        _("Wait some hours, then try again. If a service or a schedule sends often, make it send less often."),
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
        _("Close it, then try again."),
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


def is_told(cause: str | None) -> bool:
    """Whether a cause was given at all: an empty or blank one says no more than none."""
    return bool(cause and cause.strip())


def cause_words(cause: str | None) -> Text:
    """The words for the protocol's cause of a failure: its own, those for one that is not known, or for none."""
    if not cause or not is_told(cause):
        return NOT_TOLD
    return CAUSES.get(cause) or replace(UNKNOWN, text=str(UNKNOWN.text) % {"cause": cause})


def literal_of(cause: str | None) -> str:
    """The protocol's word, to stand beside its words; "" where they hold it, or where there is none."""
    return cause if cause and cause in CAUSES else ""


def cause_why(cause: str | None) -> Why:
    """The same sentence as a code, to be kept (protocol/why.py)."""
    if not cause or not is_told(cause):
        return Why(_CODE + "not-told")
    return Why(_CODE + cause) if cause in CAUSES else Why(_CODE + "not-known", cause=cause)


def know_causes() -> None:
    """Alerts hold the words of causes, in English; to be called before any language is chosen."""
    for name, text in {**CAUSES, "not-told": NOT_TOLD, "not-known": UNKNOWN}.items():
        know(str(text.text), str(text.advice))
        code(_CODE + name, str(text.text))
