"""Who may ask what: the kinds of addresses, and one line for each address of the project."""

from dataclasses import dataclass, replace
from typing import Any

from fleets.rights import Right

from .members import MEMBERS, Member

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")

# "stranger" manages another fleet.
PEOPLE = frozenset(MEMBERS) | {"stranger"}
# Of the same two fleets.
CLIENTS = frozenset({"client", "other client"})
# Who has no credentials, or none that count any more.
OUTSIDE = frozenset({"nobody", "locked out", "ended client"})
EVERYBODY = PEOPLE | CLIENTS | OUTSIDE

LET_IN = "let in"
LOGIN = "to the login"


@dataclass(frozen=True)
class Kind:
    """Which methods there are, and who is let in: clients and others by name, people of a fleet by their rights there.

    `right` is that of the table of rights which the address asks for, and with `sends` the remote type that they must
    be able to send, for its thing is of that type. None: no right helps, but being `admitted`.
    """

    methods: str
    right: Right | None = None
    sends: str = ""
    # "vehicle": who does not see the vehicle does not find it; "others": what is another's in the fleet, who sees some
    # of its vehicles only does not find it.
    of: str = "fleet"
    admitted: frozenset[str] = frozenset()
    # Who has the credentials that are asked for here, and what others are told.
    known: frozenset[str] = PEOPLE
    unknown: str | int = LOGIN
    # What those are told who are let in nowhere here.
    hidden: int = 404
    # And those who may look at the fleet, but not this.
    forbidden: int = 403
    # Who is led on whatever the method.
    led_on: frozenset[str] = frozenset()
    # As Django REST framework does it: credentials are asked for before the method, and OPTIONS describes any address.
    is_api: bool = False

    def expected(self, caller: str, method: str) -> str | int:
        has_method = method in self.methods.split()
        if caller in self.led_on or (self.is_api and caller in self.known and method == "OPTIONS"):
            return LET_IN
        if caller not in self.known and (has_method or self.is_api):
            return self.unknown
        if not has_method:
            return 405
        if caller in self.admitted:
            return LET_IN
        member = MEMBERS.get(caller)
        return self.hidden if member is None or self.right is None else self._told(member)

    def _told(self, member: Member) -> str | int:
        """A member of the fleet, by what the table of rights says of them."""
        if Right.LOOK not in member.rights or (self.of == "vehicle" and not member.sees_it):
            return 404
        if self.of == "others" and Right.LOOK_ALL not in member.rights:
            return 404
        if self.right not in member.rights or (self.sends and self.sends not in member.sends):
            return self.forbidden
        return LET_IN


def of_vehicle(kind: Kind, sends: str = "") -> Kind:
    """The same of one vehicle; with `sends` it is about something of that type."""
    return replace(kind, of="vehicle", sends=sends)


def of_others(kind: Kind, sends: str = "") -> Kind:
    """The same of something in the fleet that another person has made."""
    return replace(kind, of="others", sends=sends)


PAGE = Kind("GET HEAD", Right.LOOK)
WHOLE_PAGE = Kind("GET HEAD", Right.LOOK_ALL)
FRAGMENT = Kind("GET HEAD", Right.LOOK, unknown=401)
WHOLE_FRAGMENT = Kind("GET HEAD", Right.LOOK_ALL, unknown=401)
STREAM = Kind("GET", Right.LOOK, unknown=401)
# A member's own: views, alerts.
OWN_FORM = Kind("GET HEAD POST", Right.LOOK)
OWN_ACT = Kind("POST", Right.LOOK)


def page(right: Right) -> Kind:
    return Kind("GET HEAD", right)


def form(right: Right, sends: str = "") -> Kind:
    return Kind("GET HEAD POST", right, sends)


def act(right: Right, sends: str = "") -> Kind:
    return Kind("POST", right, sends)


# For all fleets at once.
ROOT = frozenset({"root"})
ROOT_PAGE = Kind("GET HEAD", admitted=ROOT)
ROOT_FORM = Kind("GET HEAD POST", admitted=ROOT)
ROOT_FRAGMENT = Kind("GET HEAD", admitted=ROOT, unknown=401)
ROOT_ACT = Kind("POST", admitted=ROOT)
# Of an API client, which may use several fleets: of one that is not theirs to change nobody hears.
CLIENT_PAGE = Kind("GET HEAD", Right.CHANGE_CLIENTS, forbidden=404)
CLIENT_FORM = Kind("GET HEAD POST", Right.CHANGE_CLIENTS, forbidden=404)
CLIENT_ACT = Kind("POST", Right.CHANGE_CLIENTS, forbidden=404)
# For whoever has logged in.
HOME = Kind("GET HEAD", admitted=PEOPLE)
OWN_ACCOUNT = Kind("GET HEAD POST", admitted=PEOPLE)


def open_to_all(methods: str, **more: Any) -> Kind:
    return Kind(methods, admitted=EVERYBODY, known=EVERYBODY, **more)


def api(methods: str, admitted: frozenset[str] = frozenset({"client"})) -> Kind:
    """What API clients may ask of one fleet."""
    return Kind(methods, admitted=admitted, known=CLIENTS, unknown=401, is_api=True)


API_LIST = api("GET HEAD", CLIENTS)
API_READ = api("GET HEAD")
# The upstream's own secret is none of these callers'.
WEBHOOK = Kind("POST", known=frozenset(), unknown=401)
NOWHERE = Kind(" ".join(METHODS), known=EVERYBODY)

TABLE: dict[str, Kind] = {
    "healthz": open_to_all(" ".join(METHODS)),
    "ready": open_to_all("GET HEAD"),
    "login": open_to_all("GET HEAD POST PUT OPTIONS", led_on=PEOPLE),
    "account_login": open_to_all("GET HEAD POST PUT OPTIONS", led_on=PEOPLE),
    "account_logout": open_to_all("POST OPTIONS"),
    # The second step of a log-in that nobody here has begun, and single sign-on where there is none.
    "mfa_authenticate": open_to_all("GET HEAD POST"),
    "sign-on": Kind("POST", known=EVERYBODY),
    "sign-on-onward": Kind("GET HEAD", known=EVERYBODY),
    "sign-on-callback": Kind("GET HEAD", known=EVERYBODY),
    "second-factor": HOME,
    "second-factor-app": OWN_ACCOUNT,
    "second-factor-passkey": OWN_ACCOUNT,
    "recovery-codes": OWN_ACCOUNT,
    "remove-factor": Kind("GET HEAD POST"),
    "ask-again": OWN_ACCOUNT,
    "sign-on-again": Kind("POST"),
    "take-second-factor": ROOT_FORM,
    # One's own account. Links of a wrong token are over; sessions of others are told to have ended.
    "account": HOME,
    "change-password": Kind("GET HEAD POST", admitted=PEOPLE),
    "change-address": Kind("GET HEAD POST", admitted=PEOPLE),
    "confirm-address": Kind("GET HEAD POST"),
    "end-other-sessions": Kind("POST", admitted=PEOPLE),
    "end-session": Kind("POST", admitted=PEOPLE),
    "forgotten-password": open_to_all("GET HEAD POST"),
    "forgotten-password-sent": open_to_all("GET HEAD"),
    "new-password-link": open_to_all("GET HEAD"),
    "new-password": Kind("GET HEAD POST", known=EVERYBODY),
    # Instead of Django's own.
    "admin-login": Kind("GET HEAD", admitted=ROOT, hidden=403),
    "admin-password": open_to_all("GET HEAD"),
    # There is an admin, so there is no link for the first one.
    "keep-typed": Kind("POST", admitted=PEOPLE),
    "first-admin": Kind("GET HEAD POST", known=EVERYBODY),
    "first-admin-link": open_to_all("GET HEAD"),
    "logout": open_to_all("POST OPTIONS"),
    "choose-language": open_to_all("POST"),
    "script-words": open_to_all("GET HEAD"),
    "manifest": open_to_all("GET HEAD"),
    "service-worker": open_to_all("GET HEAD"),
    "offline": open_to_all("GET HEAD"),
    "schema": open_to_all("GET HEAD"),
    "api-docs": open_to_all("GET HEAD"),
    "api-docs-remote-types": open_to_all("GET HEAD"),
    "api-docs-errors": open_to_all("GET HEAD"),
    "api-docs-notifications": open_to_all("GET HEAD"),
    "api-docs-v3": open_to_all("GET HEAD"),
    "api-docs-v1": open_to_all("GET HEAD"),
    "schema-v1": open_to_all("GET HEAD"),
    "docs-v1": open_to_all("GET HEAD"),
    # Who asks stands in the form: tests/api/v1/test_tokens.py.
    "token": open_to_all("POST"),
    "webhook": WEBHOOK,
    "back": open_to_all("GET HEAD"),
    # Accounts at the manufacturer's cloud
    "connections": ROOT_PAGE,
    "new-connection": ROOT_FORM,
    "read-site-certificate": ROOT_ACT,
    "check-gateway": ROOT_ACT,
    "connection": ROOT_PAGE,
    "connection-news": ROOT_FRAGMENT,
    "edit-connection": ROOT_FORM,
    "run-connection": ROOT_ACT,
    "choose-fleets": ROOT_ACT,
    "go-on-connection": ROOT_ACT,
    "take-back-credentials": ROOT_ACT,
    "remove-connection": ROOT_ACT,
    "^connectedcar/": NOWHERE,
    "^api/connectedcar/": NOWHERE,
    # The published API and its extensions
    "v3:fleets": API_LIST,
    "v3:fleet": API_READ,
    "v3:vehicles": API_READ,
    "v3:vehicle": API_READ,
    "v3:vehicle-status": API_READ,
    "v3:callbacks": api("GET HEAD POST"),
    "v3:callback": api("GET HEAD PUT DELETE"),
    "v3:callback-status": api("PUT"),
    "v3:callback-batches": API_READ,
    "v3:callback-batch": API_READ,
    "v3:callback-batch-replay": api("POST"),
    "v3:callback-attempts": API_READ,
    "v3:callback-replay": api("POST"),
    "v3:callback-test": api("POST"),
    "v3:callback-health": API_READ,
    "v3:callback-secret": api("POST"),
    "v3:remotes": api("GET HEAD POST"),
    "v3:remote": api("GET HEAD DELETE"),
    # Connected Car v1: an account is all fleets of the client
    "v1:vehicles": API_LIST,
    "v1:vehicle": API_READ,
    "v1:capability": API_READ,
    "v1:telemetry": API_READ,
    "v1:channels": api("GET HEAD POST", CLIENTS),
    "v1:channel": api("GET HEAD PUT DELETE"),
    "v1:channel-status": api("PUT"),
    "v1:remotes": api("GET HEAD POST"),
    "v1:remote": api("GET HEAD DELETE"),
    # Pages: a fleet and its vehicles
    "fleets": HOME,
    "search": HOME,
    "find-place": replace(HOME, unknown=401),
    "name-position": replace(HOME, unknown=401),
    "towns": open_to_all("GET HEAD"),
    "rights": HOME,
    "fleet-rights": WHOLE_PAGE,
    "vehicles": PAGE,
    "overview": WHOLE_PAGE,
    "overview-news": WHOLE_FRAGMENT,
    "fleet-map": PAGE,
    "fleet-map-news": FRAGMENT,
    "fleet-map-positions": FRAGMENT,
    "fleet-map-chosen": replace(OWN_ACT, unknown=401),
    "map-of-all": HOME,
    "map-of-all-news": replace(HOME, unknown=401),
    "map-of-all-positions": replace(HOME, unknown=401),
    "map-of-all-chosen": replace(OWN_ACT, right=None, admitted=PEOPLE, unknown=401),
    "fleet-live": STREAM,
    "actions": PAGE,
    "actions-news": FRAGMENT,
    "action-table": PAGE,
    "wake-ups": WHOLE_PAGE,
    "plots": PAGE,
    "plot-table": PAGE,
    "vehicle-table": PAGE,
    # Labels and plates by a file, and what is left out
    "labels": form(Right.CHANGE_VEHICLES),
    "label-table": PAGE,
    "label-import": page(Right.CHANGE_VEHICLES),
    "make-label-import": act(Right.CHANGE_VEHICLES),
    "left-out-of-fleet": page(Right.CHANGE_VEHICLES),
    "left-out": ROOT_PAGE,
    "new-view": OWN_FORM,
    "edit-view": of_others(form(Right.SHARE_VIEWS)),
    "change-view": of_others(act(Right.SHARE_VIEWS)),
    "delete-view": of_others(act(Right.SHARE_VIEWS)),
    "open-with-view": of_others(OWN_ACT),
    # A vehicle and its actions
    "vehicle": of_vehicle(PAGE),
    "vehicle-history": of_vehicle(PAGE),
    "vehicle-programs": of_vehicle(PAGE),
    "vehicle-schedules": of_vehicle(WHOLE_PAGE),
    "vehicle-record": of_vehicle(PAGE),
    "put-away-result": of_vehicle(OWN_ACT),
    "vehicle-news": of_vehicle(FRAGMENT),
    "read-state": of_vehicle(OWN_ACT),
    "vehicle-live": of_vehicle(STREAM),
    "send-action": of_vehicle(form(Right.SEND)),
    "new-action": of_vehicle(form(Right.SEND), "Horn"),
    "send-saved-command": of_vehicle(act(Right.SEND), "Horn"),
    "action": of_vehicle(PAGE),
    "action-record": of_vehicle(PAGE),
    "explain-action": of_vehicle(PAGE),
    "cancel-action": of_vehicle(act(Right.SEND), "Horn"),
    "approve-action": of_vehicle(form(Right.APPROVE), "Horn"),
    "refuse-action": of_vehicle(form(Right.APPROVE), "Horn"),
    "break-glass": of_vehicle(form(Right.BREAK_GLASS), "Horn"),
    "decide-action": of_vehicle(form(Right.SEND), "Horn"),
    "repeat-action": of_vehicle(form(Right.SEND), "Horn"),
    # The second person. Of the last two only who may decide decides: tests/console/approvals.
    "waiting": Kind("GET HEAD", admitted=PEOPLE, unknown=401),
    "needs": Kind("GET HEAD", admitted=PEOPLE, unknown=401),
    "fleet-choices": Kind("GET HEAD", admitted=PEOPLE, unknown=401),
    "choose-density": Kind("POST", admitted=PEOPLE),
    "approvals-of-all": HOME,
    "proposal-of-all": ROOT_FORM,
    "approvals": WHOLE_PAGE,
    "proposal": form(Right.LOOK_ALL),
    "review": form(Right.LOOK_ALL),
    # Whether actions are sent
    "sending": WHOLE_PAGE,
    "stop-sending": form(Right.STOP),
    "lift-sending": form(Right.STOP),
    "sending-rules": form(Right.CHANGE_RULES),
    "orphans": WHOLE_PAGE,
    "unread": WHOLE_PAGE,
    "sending-of-all": ROOT_PAGE,
    "stop-sending-of-all": ROOT_FORM,
    "lift-sending-of-all": ROOT_FORM,
    # Callbacks
    "callbacks": WHOLE_PAGE,
    "new-callback": form(Right.CHANGE_CALLBACKS),
    "callback": WHOLE_PAGE,
    "edit-callback": form(Right.CHANGE_CALLBACKS),
    "callback-attempts": WHOLE_PAGE,
    "callback-batch": WHOLE_PAGE,
    "send-batch-again": act(Right.CHANGE_CALLBACKS),
    "pause-callback": act(Right.CHANGE_CALLBACKS),
    "resume-callback": act(Right.CHANGE_CALLBACKS),
    "test-callback": act(Right.CHANGE_CALLBACKS),
    "replay-batches": form(Right.CHANGE_CALLBACKS),
    "rotate-secret": form(Right.CHANGE_CALLBACKS),
    "delete-callback": form(Right.CHANGE_CALLBACKS),
    # API clients
    "clients": page(Right.CHANGE_CLIENTS),
    "new-client": form(Right.CHANGE_CLIENTS),
    "clients-of-all": ROOT_PAGE,
    "client": CLIENT_PAGE,
    "edit-client": CLIENT_FORM,
    "hand-on-client": CLIENT_FORM,
    "end-client": CLIENT_FORM,
    "resume-client": CLIENT_ACT,
    "new-client-secret": CLIENT_FORM,
    "ask-for-trust": CLIENT_FORM,
    "end-trust": CLIENT_ACT,
    "end-client-secret": CLIENT_FORM,
    # Bulk commands, schedules, saved commands
    "bulks": PAGE,
    "new-bulk": form(Right.SEND_MANY),
    "bulk": of_others(PAGE),
    "bulk-news": of_others(FRAGMENT),
    "bulk-live": of_others(STREAM),
    "bulk-table": of_others(PAGE),
    "check-bulk": of_others(act(Right.SEND_MANY), "Horn"),
    "start-bulk": of_others(act(Right.SEND_MANY), "Horn"),
    "stop-bulk": of_others(act(Right.SEND_MANY), "Horn"),
    "repeat-bulk": of_others(act(Right.SEND_MANY), "Horn"),
    "schedules": WHOLE_PAGE,
    "new-schedule": form(Right.CHANGE_SCHEDULES),
    "schedule": WHOLE_PAGE,
    "edit-schedule": form(Right.CHANGE_SCHEDULES, "Preconditioning"),
    "pause-schedule": act(Right.CHANGE_SCHEDULES, "Preconditioning"),
    "resume-schedule": act(Right.CHANGE_SCHEDULES, "Preconditioning"),
    "end-schedule": form(Right.CHANGE_SCHEDULES, "Preconditioning"),
    "saved-commands": PAGE,
    "new-saved-command": form(Right.CHANGE_COMMANDS, "Preconditioning"),
    "rename-saved-command": form(Right.CHANGE_COMMANDS, "Horn"),
    "delete-saved-command": form(Right.CHANGE_COMMANDS, "Horn"),
    # Places
    "places": PAGE,
    "new-place": form(Right.CHANGE_COMMANDS),
    "rename-place": form(Right.CHANGE_COMMANDS),
    "delete-place": form(Right.CHANGE_COMMANDS),
    "find-fleet-place": FRAGMENT,
    "name-fleet-position": FRAGMENT,
    # People
    "people": page(Right.CHANGE_PEOPLE),
    "new-invitation": form(Right.CHANGE_PEOPLE),
    "change-member": form(Right.CHANGE_PEOPLE),
    "remove-member": form(Right.CHANGE_PEOPLE),
    "ask-confirmation": act(Right.CHANGE_PEOPLE),
    "resend-invitation": act(Right.CHANGE_PEOPLE),
    "withdraw-invitation": act(Right.CHANGE_PEOPLE),
    "people-of-all": ROOT_PAGE,
    "new-invitation-of-all": ROOT_FORM,
    "resend-invitation-of-all": ROOT_ACT,
    "withdraw-invitation-of-all": ROOT_ACT,
    "account-of": ROOT_PAGE,
    "lock-account": ROOT_ACT,
    "open-account": ROOT_ACT,
    "make-admin": ROOT_ACT,
    "take-admin": ROOT_ACT,
    "ask-confirmation-of-admin": ROOT_ACT,
    # No link was opened here: tests/console/people/test_invitations.py.
    "invitation": Kind("GET HEAD POST", known=EVERYBODY),
    "invitation-link": open_to_all("GET HEAD"),
    # The audit
    "audit": page(Right.READ_AUDIT),
    "audit-table": page(Right.READ_AUDIT),
    "audit-entry": page(Right.READ_AUDIT),
    "audit-of-all": ROOT_PAGE,
    "audit-table-of-all": ROOT_PAGE,
    "audit-entry-of-all": ROOT_PAGE,
    # Alerts
    "alerts": PAGE,
    "past-alerts": PAGE,
    "choose-alerts": OWN_ACT,
    "settle-alert": act(Right.CHANGE_ALERTS),
    "new-alert-webhook": form(Right.CHANGE_ALERTS),
    "edit-alert-webhook": form(Right.CHANGE_ALERTS),
}

# Django's admin: whoever is no member of the staff is led to its login, whatever the address and the method.
ADMIN = Kind(" ".join(METHODS), admitted=ROOT, known=ROOT)
# The log-in and the change of the password are pages of ours.
ADMIN_OPEN = {"admin:login", "admin:logout", "admin:password_change"}

# Where an address says nothing without a query.
QUERIES = {
    "new-action": "?type=Horn",
    "new-saved-command": "?type=Preconditioning",
    "name-position": "?latitude=45.7&longitude=4.8",
    "name-fleet-position": "?latitude=45.7&longitude=4.8",
}
