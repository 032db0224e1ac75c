"""Who may ask what: the kinds of addresses, and one line for each address of the project."""

from dataclasses import dataclass
from typing import Any

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")

# Of one fleet; "stranger" manages another one, "root" is a superuser who belongs to none.
MEMBERS = frozenset({"viewer", "auditor", "manager"})
PEOPLE = MEMBERS | {"stranger", "root"}
# Of the same two fleets.
CLIENTS = frozenset({"client", "other client"})
# Who has no credentials, or none that count any more.
OUTSIDE = frozenset({"nobody", "locked out", "ended client"})
EVERYBODY = PEOPLE | CLIENTS | OUTSIDE

LET_IN = "let in"
LOGIN = "to the login"


@dataclass(frozen=True)
class Kind:
    """Which methods there are, who is let in, and what everybody else is told."""

    methods: str
    admitted: frozenset[str]
    # Who has the credentials that are asked for here, and what others are told.
    known: frozenset[str] = PEOPLE
    unknown: str | int = LOGIN
    # What those are told to whom it is not shown, and those who may look but not do this.
    hidden: int = 404
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
        return self.forbidden if caller in MEMBERS else self.hidden


MANAGER = frozenset({"manager"})
READS_AUDIT = frozenset({"auditor", "manager"})

PAGE = Kind("GET HEAD", MEMBERS)
FRAGMENT = Kind("GET HEAD", MEMBERS, unknown=401)
STREAM = Kind("GET", MEMBERS, unknown=401)
# A member's own: views, alerts.
OWN_FORM = Kind("GET HEAD POST", MEMBERS)
OWN_ACT = Kind("POST", MEMBERS)
# What managers do.
MANAGERS_PAGE = Kind("GET HEAD", MANAGER)
AUDIT_PAGE = Kind("GET HEAD", READS_AUDIT)
FORM = Kind("GET HEAD POST", MANAGER)
ACT = Kind("POST", MANAGER)
# For all fleets at once.
ROOT_PAGE = Kind("GET HEAD", frozenset({"root"}), forbidden=404)
ROOT_FORM = Kind("GET HEAD POST", frozenset({"root"}), forbidden=404)
ROOT_FRAGMENT = Kind("GET HEAD", frozenset({"root"}), unknown=401, forbidden=404)
ROOT_ACT = Kind("POST", frozenset({"root"}), forbidden=404)
# For whoever has logged in.
HOME = Kind("GET HEAD", PEOPLE)
OWN_ACCOUNT = Kind("GET HEAD POST", PEOPLE)


def open_to_all(methods: str, **more: Any) -> Kind:
    return Kind(methods, EVERYBODY, known=EVERYBODY, **more)


def api(methods: str, admitted: frozenset[str] = frozenset({"client"})) -> Kind:
    """What API clients may ask of one fleet."""
    return Kind(methods, admitted, known=CLIENTS, unknown=401, is_api=True)


API_LIST = api("GET HEAD", CLIENTS)
API_READ = api("GET HEAD")
# The upstream's own secret is none of these callers'.
WEBHOOK = Kind("POST", frozenset(), known=frozenset(), unknown=401)
NOWHERE = Kind(" ".join(METHODS), frozenset(), known=EVERYBODY, forbidden=404)

TABLE: dict[str, Kind] = {
    "healthz": open_to_all(" ".join(METHODS)),
    "ready": open_to_all("GET HEAD"),
    "login": open_to_all("GET HEAD POST PUT OPTIONS", led_on=PEOPLE),
    "account_login": open_to_all("GET HEAD POST PUT OPTIONS", led_on=PEOPLE),
    "account_logout": open_to_all("POST OPTIONS"),
    # The second step of a log-in that nobody here has begun, and single sign-on where there is none.
    "mfa_authenticate": open_to_all("GET HEAD POST"),
    "sign-on": Kind("POST", frozenset(), known=EVERYBODY, forbidden=404),
    "sign-on-onward": Kind("GET HEAD", frozenset(), known=EVERYBODY, forbidden=404),
    "sign-on-callback": Kind("GET HEAD", frozenset(), known=EVERYBODY, forbidden=404),
    "second-factor": HOME,
    "second-factor-app": OWN_ACCOUNT,
    "second-factor-passkey": OWN_ACCOUNT,
    "recovery-codes": OWN_ACCOUNT,
    "remove-factor": Kind("GET HEAD POST", frozenset(), forbidden=404),
    "ask-again": OWN_ACCOUNT,
    "sign-on-again": Kind("POST", frozenset(), forbidden=404),
    "take-second-factor": ROOT_FORM,
    # One's own account. Links of a wrong token are over; sessions of others are told to have ended.
    "account": HOME,
    "change-password": Kind("GET HEAD POST", PEOPLE),
    "change-address": Kind("GET HEAD POST", PEOPLE),
    "confirm-address": Kind("GET HEAD POST", frozenset(), hidden=404, forbidden=404),
    "end-other-sessions": Kind("POST", PEOPLE),
    "end-session": Kind("POST", PEOPLE),
    "forgotten-password": open_to_all("GET HEAD POST"),
    "forgotten-password-sent": open_to_all("GET HEAD"),
    "new-password-link": open_to_all("GET HEAD"),
    "new-password": Kind("GET HEAD POST", frozenset(), known=EVERYBODY, forbidden=404),
    # Instead of Django's own.
    "admin-login": Kind("GET HEAD", frozenset({"root"}), hidden=403),
    "admin-password": open_to_all("GET HEAD"),
    # There is an admin, so there is no link for the first one.
    "keep-typed": Kind("POST", PEOPLE),
    "first-admin": Kind("GET HEAD POST", frozenset(), known=EVERYBODY, forbidden=404),
    "first-admin-link": open_to_all("GET HEAD"),
    "logout": open_to_all("POST OPTIONS"),
    "choose-language": open_to_all("POST"),
    "script-words": open_to_all("GET HEAD"),
    "schema": open_to_all("GET HEAD"),
    "docs": open_to_all("GET HEAD"),
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
    "vehicles": PAGE,
    "overview": PAGE,
    "overview-news": FRAGMENT,
    "fleet-live": STREAM,
    "actions": PAGE,
    "actions-news": FRAGMENT,
    "action-table": PAGE,
    "wake-ups": PAGE,
    "vehicle-table": PAGE,
    # Labels and plates by a file, and what is left out
    "labels": FORM,
    "label-table": PAGE,
    "label-import": MANAGERS_PAGE,
    "make-label-import": ACT,
    "left-out-of-fleet": MANAGERS_PAGE,
    "left-out": ROOT_PAGE,
    "new-view": OWN_FORM,
    "edit-view": FORM,
    "change-view": ACT,
    "delete-view": ACT,
    "open-with-view": OWN_ACT,
    # A vehicle and its actions
    "vehicle": PAGE,
    "vehicle-news": FRAGMENT,
    "read-state": OWN_ACT,
    "vehicle-live": STREAM,
    "send-action": FORM,
    "new-action": FORM,
    "send-saved-command": ACT,
    "action": PAGE,
    "action-record": PAGE,
    "explain-action": PAGE,
    "cancel-action": ACT,
    "approve-action": FORM,
    "decide-action": FORM,
    "repeat-action": FORM,
    # Whether actions are sent
    "sending": PAGE,
    "stop-sending": FORM,
    "lift-sending": FORM,
    "sending-rules": FORM,
    "orphans": PAGE,
    "sending-of-all": ROOT_PAGE,
    "stop-sending-of-all": ROOT_FORM,
    "lift-sending-of-all": ROOT_FORM,
    # Callbacks
    "callbacks": PAGE,
    "new-callback": FORM,
    "callback": PAGE,
    "edit-callback": FORM,
    "callback-attempts": PAGE,
    "callback-batch": PAGE,
    "send-batch-again": ACT,
    "pause-callback": ACT,
    "resume-callback": ACT,
    "test-callback": ACT,
    "replay-batches": FORM,
    "rotate-secret": FORM,
    "delete-callback": FORM,
    # Bulk commands, schedules, saved commands
    "bulks": PAGE,
    "new-bulk": FORM,
    "bulk": PAGE,
    "bulk-news": FRAGMENT,
    "bulk-live": STREAM,
    "bulk-table": PAGE,
    "check-bulk": ACT,
    "start-bulk": ACT,
    "stop-bulk": ACT,
    "repeat-bulk": ACT,
    "schedules": PAGE,
    "new-schedule": FORM,
    "schedule": PAGE,
    "edit-schedule": FORM,
    "pause-schedule": ACT,
    "resume-schedule": ACT,
    "end-schedule": FORM,
    "saved-commands": PAGE,
    "new-saved-command": FORM,
    "rename-saved-command": FORM,
    "delete-saved-command": FORM,
    # The audit
    "audit": AUDIT_PAGE,
    "audit-table": AUDIT_PAGE,
    "audit-entry": AUDIT_PAGE,
    "audit-of-all": ROOT_PAGE,
    "audit-table-of-all": ROOT_PAGE,
    "audit-entry-of-all": ROOT_PAGE,
    # Alerts
    "alerts": PAGE,
    "past-alerts": PAGE,
    "choose-alerts": OWN_ACT,
    "settle-alert": ACT,
    "new-alert-webhook": FORM,
    "edit-alert-webhook": FORM,
}

# Django's admin: whoever is no member of the staff is led to its login, whatever the address and the method.
ADMIN = Kind(" ".join(METHODS), frozenset({"root"}), known=frozenset({"root"}))
ADMIN_OPEN = {"admin:login", "admin:logout"}

# Where an address says nothing without a query.
QUERIES = {"new-action": "?type=Horn", "new-saved-command": "?type=Preconditioning"}
