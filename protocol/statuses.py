"""Event types, statuses and failure causes of both dialects, and the order in which they replace each other.

The API grows: any other word is legal on the wire too, is kept, and ranks lowest among its kind.
"""

PENDING = "Pending"
DONE = "Done"

SUCCESS = "Success"
ALREADY_DONE = "AlreadyDone"
FAILED = "Failed"

ACCEPTED = "Accepted"
WAKING_UP_VEHICLE = "WakingUpVehicle"
CHECKING_VEHICLE = "CheckingVehicle"
SENT_TO_VEHICLE = "SentToVehicle"
BATTERY_CHARGE_TOO_LOW = "VehicleBatteryChargeTooLow"
BATTERY_LEVEL_WARNING = "VehicleBatteryLevelWarning"
TOO_MANY_WAKE_UPS = "TooManyWakeUpsOverMonth"

# In the order in which a vehicle goes through them; equal dates are told apart by the place in this list.
PENDING_STATUSES = (
    TOO_MANY_WAKE_UPS,
    BATTERY_LEVEL_WARNING,
    BATTERY_CHARGE_TOO_LOW,
    ACCEPTED,
    WAKING_UP_VEHICLE,
    CHECKING_VEHICLE,
    SENT_TO_VEHICLE,
)
# At equal dates Success wins over AlreadyDone, and that over Failed.
DONE_STATUSES = (FAILED, ALREADY_DONE, SUCCESS)
CARRIED_OUT = (SUCCESS, ALREADY_DONE)
"""The vehicle is as it was to be."""

GENERAL_ERROR = "GeneralError"
MISSING_RIGHTS = "MissingRights"
VEHICLE_CONNECTION_TIMEOUT = "VehicleConnectionTimeout"
SAME_ACTION_IN_PROGRESS = "SameActionInProgress"

FAILURE_CAUSES_V3 = (
    GENERAL_ERROR,
    "VehicleError",
    "WrongCommand",
    VEHICLE_CONNECTION_TIMEOUT,
    MISSING_RIGHTS,
    "NotPossibleDueToVehicleBatteryLevel",
    "NotPossibleDueToVehiclePrivacyLevel",
    "TooManyWakeUpsOverMonth",
    "TooManyRequestInShortTime",
    SAME_ACTION_IN_PROGRESS,
    "NotPossibleDueToVehicleStolenState",
    "VehicleInUse",
    "TooManyRequestSent",
    "DoorsOpen",
    "VehicleErrorOrCidInside",
    "CidInside",
    "ExternalChargingSystemError",
    "VehicleChargingSystemError",
    "VehicleIsNotLocked",
    "CanceledByDriver",
)
FAILURE_CAUSES_V1 = (
    *FAILURE_CAUSES_V3,
    "AuthorizationError",
    "StolenVehicle",
    "PrivacyFull",
    "HdmiRemoteServiceDeactivated",
    "AlertIdentificationFailedByVehicle",
)
FEEDBACK_DETAILS = ("NoCIDBlacklisted", "CIDBlacklisted")

CALLBACK_RUNNING = "Running"
CALLBACK_PAUSED = "Paused"
CALLBACK_FAILED = "Failed"
CALLBACK_STATUSES = (CALLBACK_RUNNING, CALLBACK_PAUSED, CALLBACK_FAILED)


def rank(event_type: str, status: str) -> int:
    """Place of a status among those of its type at the same date: the higher one wins, an unknown one has 0."""
    known = DONE_STATUSES if event_type == DONE else PENDING_STATUSES
    return known.index(status) + 1 if status in known else 0
