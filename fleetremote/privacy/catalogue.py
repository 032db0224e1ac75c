"""Which tables hold personal data, how long it stays, and how its rows are found (docs/privacy.md).

A test holds this list against the models: whoever adds one says here what is personal in it, or that nothing is.
"""

from dataclasses import dataclass

from django.apps import apps
from django.db.models import Model, Q, QuerySet

FOR_EVER = "until it is erased"
WITH_THE_ACCOUNT = "as long as the account"
WITH_THE_VEHICLE = "as long as the vehicle"
_DELIVERIES = "DELIVERY_DAYS, at most POSITION_DAYS"


@dataclass(frozen=True)
class Table:
    """`model` by its label, `holds` and `kept` in words.

    `person` and `vehicle` are lookups that lead to a user's key and a vehicle's, `name` and `vin` those that find a
    user name and a VIN; by any of them a row is about them.
    """

    model: str
    holds: str
    kept: str
    person: tuple[str, ...] = ()
    name: tuple[str, ...] = ()
    vehicle: tuple[str, ...] = ()
    vin: tuple[str, ...] = ()

    @property
    def rows(self) -> QuerySet[Model]:
        model: type[Model] = apps.get_model(self.model)
        return model._default_manager.order_by("pk")

    def of_person(self, key: int, username: str) -> QuerySet[Model]:
        keys = {lookup: [key] if lookup.endswith("__contains") else key for lookup in self.person}
        return self._found({**keys, **dict.fromkeys(self.name, username)})

    def of_vehicle(self, key: int, vin: str) -> QuerySet[Model]:
        one_of = {lookup: [vin] if lookup.endswith("__contains") else vin for lookup in self.vin}
        return self._found({**dict.fromkeys(self.vehicle, key), **one_of})

    def _found(self, lookups: dict[str, object]) -> QuerySet[Model]:
        if not lookups:
            return self.rows.none()
        found = Q()
        for lookup, value in lookups.items():
            found |= Q(**{lookup: value})
        return self.rows.filter(found)


PERSONAL = (
    Table("auth.User", "name, e-mail address, password (hashed), rights, last log-in", FOR_EVER, person=("pk",)),
    Table("sessions.Session", "who is logged in, encoded", "two weeks after the log-in, or until the log-out"),
    Table(
        "console.Visit",
        "sessions: IP address, browser, since when, last use",
        "90 days after the last use",
        person=("user",),
    ),
    Table("account.EmailAddress", "nothing is written (off)", WITH_THE_ACCOUNT, person=("user",)),
    Table("account.EmailConfirmation", "nothing is written (off)", WITH_THE_ACCOUNT, person=("email_address__user",)),
    Table("mfa.Authenticator", "second factors: kind, name, when used", WITH_THE_ACCOUNT, person=("user",)),
    Table("socialaccount.SocialAccount", "who somebody is at single sign-on", WITH_THE_ACCOUNT, person=("user",)),
    Table("socialaccount.SocialToken", "nothing is written (off)", WITH_THE_ACCOUNT, person=("account__user",)),
    Table("admin.LogEntry", "what somebody did in the admin", FOR_EVER, person=("user",)),
    Table("fleets.Membership", "whose role in which fleet", WITH_THE_ACCOUNT, person=("user",), vehicle=("vehicles",)),
    Table(
        "fleets.MembershipVehicle",
        "which vehicles a narrowed person sees",
        WITH_THE_ACCOUNT,
        person=("membership__user",),
        vehicle=("vehicle",),
    ),
    Table(
        "fleets.Invitation",
        "e-mail address of somebody who was invited, by whom, and their role",
        "30 days after it was accepted, was withdrawn or has ended",
        person=("invited_by", "accepted_by"),
        vehicle=("vehicles",),
    ),
    Table(
        "fleets.Approver",
        "who may approve, who gave them that role and who confirmed it",
        FOR_EVER,
        person=("user", "given_by", "confirmed_by"),
    ),
    Table(
        "fleets.ApiClient",
        "who answers for which API client, and who may know its passwords",
        FOR_EVER,
        person=("owner", "known_to__contains"),
    ),
    Table("fleets.ApiSecret", "who made which password of an API client", FOR_EVER, person=("made_by",)),
    Table(
        "fleets.Proposal",
        "changes that somebody wants and another decides on, and why",
        FOR_EVER,
        person=("asked_by", "decided_by"),
    ),
    Table("fleets.Trust", "who ended the trust in a service", FOR_EVER, person=("ended_by",)),
    Table("fleets.SavedView", "views of the list, by their owner", WITH_THE_ACCOUNT, person=("owner",)),
    Table("fleets.SavedPlace", "places under a name, and who saved them", "until deleted", person=("user",)),
    Table("fleets.LabelImport", "files of labels and plates, by who gave them", "7 days", person=("user",)),
    Table("remotes.AlertChoice", "which alerts somebody wants", WITH_THE_ACCOUNT, person=("user",)),
    Table("remotes.AlertMail", "when e-mails went to whom", WITH_THE_ACCOUNT, person=("user",)),
    Table("remotes.AlertLine", "what they told", WITH_THE_ACCOUNT, person=("user",)),
    Table("remotes.SendingStop", "who stopped all sending, and why", FOR_EVER, person=("stopped_by", "lifted_by")),
    Table("remotes.SavedCommand", "commands under a name, with their destinations", "until deleted", person=("user",)),
    Table(
        "remotes.BulkCommand",
        "what somebody had many vehicles do",
        f"{FOR_EVER}; destinations POSITION_DAYS after its end",
        person=("user", "stopped_by"),
    ),
    Table("remotes.BulkItem", "how each vehicle of a bulk command stands", FOR_EVER, vehicle=("vehicle",)),
    Table(
        "remotes.Schedule",
        "what somebody has vehicles do by the clock, with destinations",
        f"{FOR_EVER}; destinations POSITION_DAYS after its last time, once it has ended",
        person=("user",),
        vehicle=("vehicle",),
    ),
    Table("connections.Connection", "who connects an account", FOR_EVER, person=("asked_by", "chosen_by", "managers")),
    Table(
        "fleets.Vehicle",
        "VIN, label, plate; the last state with the position",
        f"{FOR_EVER}; the position POSITION_DAYS after the last reading",
        vehicle=("pk",),
    ),
    Table("fleets.LeftOut", "VINs that a sync can't take in", "until it can, or it is not listed", vin=("vin",)),
    Table("fleets.LastSync", "VINs that the last sync met problems with", "until the next sync"),
    Table(
        "remotes.RemoteAction",
        "what was asked of a vehicle, by whom, why, and what became of it",
        f"{FOR_EVER}; destinations POSITION_DAYS after its end",
        person=("user", "approved_by"),
        vehicle=("vehicle",),
    ),
    Table(
        "remotes.RemoteEvent",
        "what became of it, as it was notified",
        f"{FOR_EVER}; positions POSITION_DAYS",
        vehicle=("action__vehicle",),
        vin=("vin",),
    ),
    Table("remotes.InboundRequest", "notifications as they came in", "INBOUND_REQUEST_DAYS, at most POSITION_DAYS"),
    Table(
        "remotes.Review",
        "who sent something without its second person, why, and who looked into it",
        FOR_EVER,
        person=("by", "closed_by"),
        vehicle=("action__vehicle",),
    ),
    Table("remotes.WakeUp", "when a vehicle was woken", WITH_THE_VEHICLE, vehicle=("vehicle",)),
    Table("remotes.Alert", "what people were told of a vehicle", WITH_THE_VEHICLE, vehicle=("vehicle",)),
    Table("callbacks.Notification", "events that wait for a subscriber", "3 days", vin=("vin",)),
    Table("callbacks.Batch", "requests to a subscriber", _DELIVERIES, vin=("vins__contains",)),
    Table(
        "callbacks.Attempt",
        "how a subscriber answered",
        _DELIVERIES,
        vin=("batch__vins__contains",),
    ),
    Table(
        "fleets.AuditEntry",
        "who did what to which vehicle, and who looked where it is",
        f"{FOR_EVER}, in part; positions POSITION_DAYS",
        person=("user",),
        vehicle=("vehicle",),
    ),
)

# Nothing about a person or a vehicle but keys, and the rights and texts of whole fleets, accounts and services.
NOT_PERSONAL = frozenset(
    {
        *("auth.Permission", "auth.Group", "contenttypes.ContentType", "socialaccount.SocialApp", "console.TryCount"),
        *("fleets.ApiToken", "fleets.AuditHead", "fleets.PlaceMark", "fleets.FirstAdminLink"),
        *("fleets.Fleet", "fleets.Gateway", "fleets.FormerCredentials", "fleets.AccessToken", "fleets.UpstreamFleet"),
        *("fleets.FormerSecrets", "fleets.DatabaseHistory", "fleets.Pulse"),
        *("callbacks.Callback", "callbacks.Channel", "callbacks.Delivery"),
        *("remotes.ActionCount", "remotes.AttemptCount", "remotes.ChargeCount"),
        *("remotes.CountDue", "remotes.CountState"),
        *("remotes.AlertMark", "remotes.FleetRules", "remotes.GatewayHealth", "remotes.ScheduleRun"),
        *("connections.SiteCertificate", "connections.EndNotice", "connections.ConnectionStep"),
    }
)
