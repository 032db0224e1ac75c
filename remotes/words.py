"""The protocol's words and our own states, as a fleet manager says them. A word that is not here is shown as it is."""

from dataclasses import dataclass

from fleets.words import Tone, Word
from protocol import statuses
from remotes.models import RemoteAction

State = RemoteAction.State


@dataclass(frozen=True)
class Cause:
    """Why an action failed, and what to do next."""

    text: str
    advice: str = ""


STATUSES: dict[str, Word] = {
    statuses.ACCEPTED: Word("Accepted", Tone.BUSY, "The manufacturer's cloud has taken it on."),
    statuses.WAKING_UP_VEHICLE: Word("Waking up the vehicle", Tone.BUSY, "It was asleep; this can take some minutes."),
    statuses.CHECKING_VEHICLE: Word("Checking the vehicle", Tone.BUSY),
    statuses.SENT_TO_VEHICLE: Word("Sent to the vehicle", Tone.BUSY, "Waiting for the vehicle's answer."),
    statuses.BATTERY_CHARGE_TOO_LOW: Word("Vehicle's battery is too low", Tone.WARN),
    statuses.BATTERY_LEVEL_WARNING: Word("Vehicle's battery is getting low", Tone.WARN),
    statuses.TOO_MANY_WAKE_UPS: Word("Wake-ups of this month are used up", Tone.WARN),
    statuses.SUCCESS: Word("Success", Tone.GOOD, "The vehicle has done it."),
    statuses.ALREADY_DONE: Word("Already done", Tone.GOOD, "The vehicle was in this state before."),
    statuses.FAILED: Word("Failed", Tone.BAD),
}

STATES: dict[str, Word] = {
    State.WAITING_APPROVAL: Word("Waiting for approval", Tone.WARN, "Another manager must approve it."),
    State.QUEUED: Word("Queued", Tone.BUSY, "It goes out in a moment, or after the vehicle's earlier action."),
    State.SENDING: Word("Sending", Tone.BUSY, "On its way to the manufacturer's cloud."),
    State.UNKNOWN: Word("Outcome unknown", Tone.WARN, "No clear answer came: we are asking the manufacturer's cloud."),
    State.ACCEPTED: Word("In progress", Tone.BUSY, "The manufacturer's cloud has it; waiting for news."),
    State.DONE: Word("Done", Tone.PLAIN),
    State.EXPIRED: Word("Expired", Tone.BAD, "It could not be sent in time, and is not sent any more."),
    State.CANCELLED: Word("Cancelled", Tone.PLAIN, "It was not sent."),
}

# How an action ends that was never sent: the protocol has one word for them all, Failed.
NEVER_SENT = (State.EXPIRED, State.CANCELLED)

ORIGINS: dict[str, str] = {
    RemoteAction.Origin.PAGE: "on a page",
    RemoteAction.Origin.API: "over the API",
    RemoteAction.Origin.SCHEDULE: "by a schedule",
    RemoteAction.Origin.BULK: "by a bulk command",
}

CAUSES: dict[str, Cause] = {
    statuses.GENERAL_ERROR: Cause(
        "The manufacturer's cloud gave no closer reason.", "Try again; if it fails again, ask its support."
    ),
    "VehicleError": Cause("The vehicle reported a fault.", "Try again; then have the vehicle looked at."),
    "WrongCommand": Cause("The vehicle did not understand the command.", "Check that it has this feature."),
    statuses.VEHICLE_CONNECTION_TIMEOUT: Cause(
        "The vehicle could not be reached.",
        "It may stand where there is no network, in an underground car park for instance. Try again later.",
    ),
    statuses.MISSING_RIGHTS: Cause(
        "Your contract does not allow this for this vehicle.", "Ask whoever manages the contract."
    ),
    "NotPossibleDueToVehicleBatteryLevel": Cause("The vehicle's battery is too low.", "Drive or charge it first."),
    "NotPossibleDueToVehiclePrivacyLevel": Cause(
        "Privacy is switched on in the vehicle.", "The driver can switch it off on the vehicle's screen."
    ),
    "TooManyWakeUpsOverMonth": Cause(
        "The vehicle's wake-ups of this month are used up.", "It answers again while it is driven, or next month."
    ),
    "TooManyRequestInShortTime": Cause("Too many commands in a short time.", "Wait some minutes, then try again."),
    "TooManyRequestSent": Cause("Too many commands were sent to this vehicle.", "Wait a while, then try again."),
    statuses.SAME_ACTION_IN_PROGRESS: Cause(
        "The same command was under way already.", "See how the earlier one ends before you try again."
    ),
    "NotPossibleDueToVehicleStolenState": Cause(
        "The vehicle is marked as stolen.", "Clear the mark first if it has been found."
    ),
    "VehicleInUse": Cause("Someone was using the vehicle.", "Try again when it is parked."),
    "DoorsOpen": Cause("A door was open.", "Have it shut, then try again."),
    "VehicleErrorOrCidInside": Cause("A key was left inside, or the vehicle reported a fault.", "Look for the key."),
    "CidInside": Cause("A key was left inside the vehicle.", "Take it out, then try again."),
    "ExternalChargingSystemError": Cause("The charging station reported a fault.", "Check the station and cable."),
    "VehicleChargingSystemError": Cause("The vehicle's charging system reported a fault.", "Have it looked at."),
    "VehicleIsNotLocked": Cause("The vehicle was not locked.", "Lock it, then try again."),
    "CanceledByDriver": Cause("The driver cancelled it.", "Talk to the driver."),
    "AuthorizationError": Cause("The manufacturer's cloud refused us.", "Ask whoever manages the connection."),
    "StolenVehicle": Cause("The vehicle is marked as stolen.", "Clear the mark first if it has been found."),
    "PrivacyFull": Cause("Privacy is switched on in the vehicle.", "The driver can switch it off on its screen."),
    "HdmiRemoteServiceDeactivated": Cause("Remote services are switched off in the vehicle.", "Have them switched on."),
    "AlertIdentificationFailedByVehicle": Cause("The vehicle did not recognise the alert.", "Try again."),
}

FEEDBACK: dict[str, str] = {
    "NoCIDBlacklisted": "All keys still work.",
    "CIDBlacklisted": "A key left inside was switched off.",
}


def status_word(status: str) -> Word:
    return STATUSES.get(status) or Word(status, Tone.PLAIN)


def cause_words(cause: str) -> Cause:
    return CAUSES.get(cause) or Cause("")


def present_word(state: str, status: str) -> Word:
    """How an action stands: what upstream says once it has said something, before that how far we are."""
    if state in NEVER_SENT or not status:
        return STATES.get(state) or Word(state, Tone.PLAIN)
    return status_word(status)
