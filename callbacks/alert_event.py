"""The event that an alert webhook gets: an entry of `events` of a shape of our own (docs/alerts.md)."""

from dataclasses import dataclass
from datetime import datetime

from protocol.canonical import JsonObject, format_time


@dataclass(frozen=True)
class AlertEvent:
    """`message` is for a person. `vin` and `remote_action_id` are empty where it is about no vehicle or action."""

    alert_id: str
    kind: str
    fleet_id: str
    message: str
    raised_at: datetime
    cleared_at: datetime | None = None
    count: int = 1
    vin: str = ""
    remote_action_id: str = ""


def encode_alert_event(event: AlertEvent) -> JsonObject:
    """As it stands in a body; what there is none of is left out."""
    optional = {
        "vin": event.vin,
        "remoteActionId": event.remote_action_id,
        "clearedAt": format_time(event.cleared_at) if event.cleared_at else "",
    }
    return {
        "alertId": event.alert_id,
        "kind": event.kind,
        "fleetId": event.fleet_id,
        **{name: value for name, value in optional.items() if value},
        "message": event.message,
        "raisedAt": format_time(event.raised_at),
        "count": event.count,
    }
