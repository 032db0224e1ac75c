from remotes.models.action import OPEN_STATES, UNSENT_STATES, RemoteAction
from remotes.models.alert import Alert, AlertChoice, AlertLine, AlertMail, AlertMark
from remotes.models.bulk import BulkCommand, BulkItem
from remotes.models.event import InboundRequest, RemoteEvent
from remotes.models.review import Review
from remotes.models.rollups import ActionCount, AttemptCount, ChargeCount, CountDue, CountState
from remotes.models.rules import FleetRules, GatewayHealth, SendingStop, WakeUp
from remotes.models.schedule import SavedCommand, Schedule, ScheduleRun

__all__ = [
    "OPEN_STATES",
    "UNSENT_STATES",
    "ActionCount",
    "Alert",
    "AlertChoice",
    "AlertLine",
    "AlertMail",
    "AlertMark",
    "AttemptCount",
    "BulkCommand",
    "BulkItem",
    "ChargeCount",
    "CountDue",
    "CountState",
    "FleetRules",
    "GatewayHealth",
    "InboundRequest",
    "RemoteAction",
    "RemoteEvent",
    "Review",
    "SavedCommand",
    "Schedule",
    "ScheduleRun",
    "SendingStop",
    "WakeUp",
]
