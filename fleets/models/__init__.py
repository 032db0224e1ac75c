from fleets.models.access import ApiClient, Membership
from fleets.models.audit import AuditEntry, AuditHead
from fleets.models.fleet import Fleet, Vehicle
from fleets.models.gateway import Gateway, SpareCredentials, UpstreamFleet
from fleets.models.history import DatabaseHistory
from fleets.models.pulse import Pulse
from fleets.models.saved_view import SavedView

__all__ = [
    "ApiClient",
    "AuditEntry",
    "AuditHead",
    "DatabaseHistory",
    "Fleet",
    "Gateway",
    "Membership",
    "Pulse",
    "SavedView",
    "SpareCredentials",
    "UpstreamFleet",
    "Vehicle",
]
