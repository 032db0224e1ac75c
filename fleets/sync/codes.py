"""Why something of a gateway was not read, and why a vehicle that it lists is left out: codes (protocol/why.py)."""

from protocol.why import Why, code
from protocol.why import gettext_noop as _

# What went wrong with a sync as a whole.
BUSY = code("sync-busy", _("Another process is reading this gateway; nothing was done."))
CHANGED_MEANWHILE = code("sync-changed-meanwhile", _("Vehicles were changed meanwhile, so nothing was written."))
FLEETS_UNREAD = code("sync-fleets-unread", _("The fleets could not all be read: %(why)s"))
VEHICLES_UNREAD = code("sync-vehicles-unread", _("The vehicles of fleet %(fleet)s could not all be read: %(why)s"))

# Why a vehicle, or a fleet, is left out.
NO_VIN = code("left-out-no-vin", _("It has no VIN."))
NOT_A_VIN = code("left-out-not-a-vin", _("Its VIN can't be one: a VIN has 17 digits and letters, without I, O and Q."))
NO_ID = code("left-out-no-id", _("It has no id at the manufacturer's cloud, so nothing can be sent to it."))
LONG_ID = code("left-out-long-id", _("Its id at the manufacturer's cloud is longer than %(most)s characters."))
FLEET_WITHOUT_ID = code("left-out-fleet-without-id", _("The fleet “%(name)s” has no id that can be used."))
IN_OTHER_FLEET = code("left-out-in-other-fleet", _("It is listed in fleet %(fleet)s too, and is kept there."))
UNDER_TWO_IDS = code("left-out-under-two-ids", _("It is listed twice; the one with the id %(id)s is kept."))
ID_OF_ANOTHER = code("left-out-id-of-another", _("It is listed under the id of %(vin)s."))
AT_OTHER_GATEWAY = code(
    "left-out-at-other-gateway", _("It belongs to another gateway, %(gateway)s, which has it still.")
)
MAY_BE_ELSEWHERE = code("left-out-may-be-elsewhere", _("It may still be in the fleet where we have it."))

# The same for those who see one fleet only: without what is of another.
IN_SOME_OTHER_FLEET = code("left-out-in-some-other-fleet", _("It is listed in another fleet too, and is kept there."))
ID_OF_SOME_OTHER = code("left-out-id-of-some-other", _("It is listed under the id of another vehicle."))
AT_SOME_OTHER_GATEWAY = code("left-out-at-some-other-gateway", _("It belongs to another gateway, which has it still."))
_DISCREET = {
    IN_OTHER_FLEET: IN_SOME_OTHER_FLEET,
    ID_OF_ANOTHER: ID_OF_SOME_OTHER,
    AT_OTHER_GATEWAY: AT_SOME_OTHER_GATEWAY,
}

# A left-out vehicle in the log.
LEFT_OUT = code("left-out", _("%(vehicle)s in fleet %(fleet)s is left out. %(why)s"))


def discreet(why: Why) -> Why:
    """The reason for a person who sees only the fleet that the vehicle is listed in."""
    return Why(_DISCREET[why.code]) if why.code in _DISCREET else why
