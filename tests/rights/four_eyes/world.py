"""One person who wants to do alone what needs two, and all doors of a fleet that they can try."""

import base64
import json
import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.contrib.auth.models import User
from django.core import mail
from django.db.models import F
from django.test import Client

from callbacks.models import Callback, Channel
from campaigns.bulk import running as bulks
from campaigns.schedules import running as schedules
from fleets import api_tokens, proposals
from fleets.models import ApiClient, ApiSecret, Gateway, Proposal, Vehicle
from fleets.models.api_client import digest_of
from protocol.v1 import scopes
from protocol.v3 import decode_remote
from remotes.models import BulkCommand, RemoteAction, Schedule
from remotes.sending.dispatch import dispatch_vehicle
from tests.console.clients.test_clients import FORM
from tests.console.people.conftest import ACCOUNT, granted, invited, link_in, mails_to
from tests.remotes.cloud import Cloud
from tests.rights.world import addresses, populated
from tests.world import make_person

DOORS = {address.name: address for address in addresses() if address.has_name}
# What ends the session, takes other files, or leads nowhere.
_NO_DOORS = {
    "logout",
    "account_logout",
    "make-label-import",
    "choose-language",
    "choose-density",
    "end-session",
    "end-other-sessions",
}
PAGES = sorted(
    name
    for name, address in DOORS.items()
    if not name.startswith(("admin:", "v3:", "v1:")) and name not in _NO_DOORS and "live" not in name
)
ADMINS = sorted(
    name
    for name in DOORS
    if name.startswith("admin:") and name.endswith(("_add", "_change", "_delete", "_changelist", "password_change"))
)

# The remote of v3 that does harm, and what only takes it back.
HARM: dict[str, dict[str, Any]] = {
    "immobilise": {"immobilization": {"activate": True}},
    "stolen": {"stolen": {"stolen": True}},
    "stop the stolen": {"stolen": {"immobilization": {"activate": True}}},
    "track": {"stolen": {"trackingPeriod": {"running": 60}}},
    "silence": {"tan": {"suppress": {"state": True, "duration": 5}}},
    "wipe": {"onboardPersonalData": {"action": "Delete"}},
    "hidden": {"immobilization": {"activate": False, "also": {"activate": True}}},
    "beside": {"door": {"state": "Locked"}, "Immobilization": {"activate": True}},
}

# As many fields as there are forms: each takes what it knows.
FILLED: dict[str, Any] = {
    "confirmed": "yes",
    "reason": "Nobody needs to know why.",
    "note": "Nobody needs to know why.",
    "happened": "yes",
    "check": "yes",
    "all": "yes",
    "number": "1",
    "count": "1",
    "pace": "6000",
    "canary_size": "0",
    "canary_share": "80",
    "abort_share": "",
    "moving_minutes": "1",
    "approval_minutes": "1000",
    "wake_reserve": "0",
    "minutes-Immobilization": "1000",
    "which": "failed",
    "name": "Any",
    "way": "immobilise",
    "role": "manager",
    "outcome": "approve",
    "decision": "approve",
    "approve": "yes",
    "yes": "yes",
    "active": "on",
    "types": ["Immobilization", "Stolen"],
    "remote_types": ["Immobilization", "Stolen"],
}


class OnePerson:
    """Mallory, in a role, with an API client of their own; Léa and somebody else approve there, and do nothing."""

    def __init__(self, role: str, cloud: Cloud) -> None:
        self.cloud = cloud
        cloud.posted.clear()
        cloud.actions.clear()
        self.fleet, self.ids = populated("Lyon")
        Gateway.objects.update(base_url=cloud.base_url)
        # What another person has asked for already, Mallory might rightly approve.
        Proposal.objects.all().delete()
        waiting = RemoteAction.objects.filter(state=RemoteAction.State.WAITING_APPROVAL)
        waiting.update(state=RemoteAction.State.CANCELLED, finished_at=F("created_at"), due_at=None)
        make_person("lea", self.fleet)
        self.person = self._person(role)
        self.http = Client(raise_request_exception=False)
        self.http.force_login(self.person)
        self.service = ApiClient(client_id="own", name="Own", username="own", owner=self.person)
        self.secret = self.service.new_secret(by=self.person)
        self.service.fleets.add(self.fleet)
        for row in (Callback, Channel):
            row.objects.update(created_by=self.service)
        self.token = api_tokens.new_token()
        api_tokens.issue(self.service.secrets.get(), self.token, scopes.ALL)
        self.others = {user.pk: (user.password, user.email) for user in User.objects.exclude(pk=self.person.pk)}

    def _person(self, role: str) -> User:
        if role == "admin":
            return make_person("mallory", is_superuser=True, is_staff=True)
        return make_person("mallory", self.fleet, role=role)

    @property
    def vehicle(self) -> Vehicle:
        return Vehicle.objects.get(public_id=self.ids["vehicle_id"])

    def url(self, name: str, **ids: Any) -> str:
        return DOORS[name].of({**self.ids, **ids})

    def post(self, name: str, given: Mapping[str, Any], query: str = "", **ids: Any) -> Any:
        """Any page, as a browser would post to it."""
        return self.http.post(self.url(name, **ids) + query, given)

    def command(self, command: str, http: Client | None = None) -> Any:
        given = {"command": command, "confirmed": "yes", "reason": "I want it."}
        return (http or self.http).post(self.url("send-action"), given)

    def form(self, remote_type: str, way: str) -> Any:
        given = {"way": way, "running": "60", "confirmed": "yes", "reason": "I want it."}
        return self.post("new-action", given, f"?type={remote_type}")

    def api(self, body: dict[str, Any], *, reason: str = "I want it.", key: str = "") -> Any:
        """As the service, over v3."""
        basic = base64.b64encode(f"{self.service.username}:{self.secret}".encode()).decode()
        headers = {"Authorization": f"Basic {basic}", "X-Reason": reason, **({"Idempotency-Key": key} if key else {})}
        return self._send(self.url("v3:remotes") + f"?client_id={self.service.client_id}", body, headers)

    def api_v1(self, body: dict[str, Any], *, reason: str = "I want it.") -> Any:
        headers = {"Authorization": f"Bearer {self.token}", "X-Reason": reason}
        return self._send(self.url("v1:remotes"), {"action": body}, headers)

    def _send(self, url: str, body: dict[str, Any], headers: dict[str, str]) -> Any:
        if not reason_given(headers):
            headers.pop("X-Reason")
        return self.http.generic("POST", url, json.dumps(body), "application/json", headers=headers)

    def actions(self) -> list[str]:
        rows = RemoteAction.objects.filter(vehicle__public_id=self.ids["vehicle_id"])
        return list(rows.order_by("-pk").values_list("public_id", flat=True)[:6])

    def approve(self, place: int, http: Client | None = None) -> Any:
        """One of the last actions, on its page."""
        url = self.url("approve-action", action_id=self.action(place))
        return (http or self.http).post(url, FILLED)

    def action(self, place: int) -> str:
        found = self.actions()
        return found[place % len(found)]

    def other_people(self) -> list[User]:
        """As whom Mallory can log in by now: accounts that they have made, or set a password or mail address of."""
        rows = User.objects.filter(is_active=True).exclude(pk=self.person.pk)
        return [user for user in rows if self.others.get(user.pk) != (user.password, user.email)]

    def accounts(self) -> list[Client]:
        """The same, logged in."""
        theirs = [Client(raise_request_exception=False) for _ in self.other_people()]
        for http, user in zip(theirs, self.other_people(), strict=True):
            http.force_login(user)
        return theirs

    def decide(self) -> None:
        """Approve what is proposed with each account, as every page of it does."""
        for proposal in Proposal.objects.filter(outcome="open"):
            for user in [self.person, *self.other_people()]:
                try:
                    proposals.approve(proposal, User.objects.get(pk=user.pk))
                except proposals.NotAllowed:
                    continue

    def invite(self, role: str) -> None:
        """Somebody whose mails Mallory reads: a second account."""
        address = f"{role}-{User.objects.count()}@example.com"
        self.post("new-invitation", invited(address, role, self.fleet.public_id))
        self.post("new-invitation-of-all", invited(address, role, self.fleet.public_id))
        for letter in mails_to(mail.outbox, address):
            guest = Client(raise_request_exception=False)
            guest.get(link_in(letter))
            guest.post("/invitation", {**ACCOUNT, "username": address.partition("@")[0]})

    def give_role(self, user: User, role: str) -> None:
        for name in ("change-member", "make-admin"):
            self.post(name, granted(role), person_id=user.pk)

    def make_service(self) -> None:
        """Another one, or another password; Mallory knows what the page shows."""
        given = {**FORM, "fleets": [self.fleet.pk], "every_type": "on"}
        pages = [self.post("new-client", given), self.post("new-client-secret", FORM, client_id=self.service.public_id)]
        for page in pages:
            for secret in re.findall(r"[A-Za-z0-9_-]{43}", page.content.decode()):
                found = ApiSecret.objects.filter(digest=digest_of(secret)).select_related("client").first()
                if found is not None:
                    self.service, self.secret = found.client, secret
                    Callback.objects.update(created_by=found.client)

    def ask_for_trust(self) -> None:
        given = {"types": ["Immobilization", "Stolen"], "reason": "It must act at once.", "fleet": self.fleet.pk}
        self.post("ask-for-trust", given, client_id=self.service.public_id)

    def work(self) -> None:
        """The workers do what is due."""
        schedules.run_due()
        bulks.run_all()
        for key in Vehicle.objects.filter(fleet=self.fleet).values_list("pk", flat=True):
            dispatch_vehicle(key)
        proposals.end_overdue()

    def wait(self, minutes: int) -> None:
        """Time passes: what is due at a moment is due so much earlier."""
        for model, names in _MOMENTS.items():
            model._default_manager.update(**{name: F(name) - timedelta(minutes=minutes) for name in names})

    def run_schedules(self) -> None:
        """Their times have come."""
        Schedule.objects.filter(state="active").update(next_run_at=F("created_at"))

    def harm(self) -> list[dict[str, Any]]:
        """What the vehicle was told to do that needs two people."""
        return [body for body in self.cloud.posted if does_harm(body)]


_MOMENTS: dict[Any, tuple[str, ...]] = {
    RemoteAction: ("expires_at", "due_at", "created_at", "not_before", "approved_at"),
    Proposal: ("asked_at", "ends_at"),
    BulkCommand: ("checked_at",),
}


def reason_given(headers: Mapping[str, str]) -> bool:
    return bool(headers.get("X-Reason"))


def does_harm(body: Mapping[str, Any]) -> bool:
    known = {name: value for name, value in body.items() if name not in ("callback", "label")}
    folded = {name.casefold() for name in known}
    if len(folded & {"immobilization", "stolen", "tan", "onboardpersonaldata"}) > 1:
        return True
    remote = decode_remote(known)
    return remote.remote_type.two_people and not remote.remote_type.is_release(remote.payload)
