from fleets.models.access import ApiClient, ApiToken, Membership, MembershipVehicle
from fleets.models.audit import AuditEntry, AuditHead, PlaceMark
from fleets.models.first_admin import FirstAdminLink
from fleets.models.fleet import Fleet, Vehicle
from fleets.models.gateway import AccessToken, FormerCredentials, FormerSecrets, Gateway, UpstreamFleet
from fleets.models.history import DatabaseHistory
from fleets.models.label_import import LabelImport
from fleets.models.pulse import Pulse
from fleets.models.saved_view import SavedView
from fleets.models.sync import LastSync, LeftOut

__all__ = [
    "AccessToken",
    "ApiClient",
    "ApiToken",
    "AuditEntry",
    "AuditHead",
    "DatabaseHistory",
    "FirstAdminLink",
    "Fleet",
    "FormerCredentials",
    "FormerSecrets",
    "Gateway",
    "LabelImport",
    "LastSync",
    "LeftOut",
    "Membership",
    "MembershipVehicle",
    "PlaceMark",
    "Pulse",
    "SavedView",
    "UpstreamFleet",
    "Vehicle",
]
