from fleets.models.access import Membership, MembershipVehicle
from fleets.models.api_client import ApiClient, ApiSecret, ApiToken
from fleets.models.audit import AuditEntry, AuditHead, PlaceMark
from fleets.models.first_admin import FirstAdminLink
from fleets.models.fleet import Fleet, Vehicle
from fleets.models.gateway import CALLBACK_FAILED, AccessToken, FormerCredentials, FormerSecrets, Gateway, UpstreamFleet
from fleets.models.history import DatabaseHistory
from fleets.models.label_import import LabelImport
from fleets.models.people import Approver, Invitation
from fleets.models.place import SavedPlace
from fleets.models.proposal import Proposal, Trust
from fleets.models.pulse import Pulse
from fleets.models.saved_view import SavedView
from fleets.models.sync import LastSync, LeftOut

__all__ = [
    "CALLBACK_FAILED",
    "AccessToken",
    "ApiClient",
    "ApiSecret",
    "ApiToken",
    "Approver",
    "AuditEntry",
    "AuditHead",
    "DatabaseHistory",
    "FirstAdminLink",
    "Fleet",
    "FormerCredentials",
    "FormerSecrets",
    "Gateway",
    "Invitation",
    "LabelImport",
    "LastSync",
    "LeftOut",
    "Membership",
    "MembershipVehicle",
    "PlaceMark",
    "Proposal",
    "Pulse",
    "SavedPlace",
    "SavedView",
    "Trust",
    "UpstreamFleet",
    "Vehicle",
]
