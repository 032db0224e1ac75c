"""Two fleets with one of everything, and the addresses of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib.auth.models import User
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from alerts.raising import raise_alert
from callbacks import channels
from callbacks.models import Callback, Channel
from campaigns.saved_commands import save
from connections.models import Connection
from console.languages import words_version
from fleets.audit.entries import About, record
from fleets.labels.imports import check
from fleets.models import ApiClient, ApiSecret, AuditEntry, Fleet, Gateway, SavedView, Vehicle
from fleets.people.giving import Grant
from fleets.people.invitations import invite
from fleets.places.saved import save as save_place
from fleets.programs.trust import set_up
from fleets.proposals import propose
from fleets.storage.encryption import seal
from remotes.models import Alert, Review
from tests.api.v1.conftest import CHANNEL
from tests.callbacks.outbox_world import make_batch, make_callback
from tests.campaigns.bulk_world import make_bulk, remote_of
from tests.campaigns.schedule_world import make_schedule
from tests.world import make_action, make_fleet, make_person, make_vehicle

# Where an address means another row than its like do.
OTHERWISE = {
    ("edit-alert-webhook", "callback_id"): "alert_webhook_id",
    ("proposal-of-all", "proposal_id"): "of_all_id",
    ("v1:remote", "rid"): "on_channel_id",
}


@dataclass(frozen=True)
class Address:
    """One URL pattern of the project."""

    name: str
    keys: tuple[str, ...]
    path: str
    has_name: bool

    def of(self, ids: dict[str, Any]) -> str:
        """Where it is for rows with these ids."""
        if not self.has_name:
            return "/" + self.path.strip("^") + "nothing"
        return reverse(self.name, kwargs={key: ids[self._row(key)] for key in self.keys})

    def with_one_of(self, ours: dict[str, Any], theirs: dict[str, Any], key: str) -> dict[str, Any]:
        """Our ids, but for the one that stands in the address for `key`."""
        return ours | {self._row(key): theirs[self._row(key)]}

    def _row(self, key: str) -> str:
        return OTHERWISE.get((self.name, key), key)


def addresses(patterns: list[Any] | None = None, prefix: str = "") -> Iterator[Address]:
    """All of the resolver's, by their name, or by the pattern where they have none."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{pattern.namespace}:" if pattern.namespace else ""
            yield from addresses(pattern.url_patterns, prefix + inner)
        elif isinstance(pattern, URLPattern):
            text = str(pattern.pattern)
            yield Address(
                prefix + (pattern.name or text), tuple(pattern.pattern.regex.groupindex), text, bool(pattern.name)
            )


def _connection(name: str, gateway: Gateway) -> str:
    return Connection.objects.create(
        name=name, base_url="https://api.example.com/v3", gateway=gateway, is_draft=False
    ).public_id


def _client(fleet: Fleet, maker: User) -> ApiSecret:
    """A password of a client of the fleet that nobody owns, so that each manager may take it over."""
    name = f"service of {fleet}"
    client = ApiClient.objects.create(client_id=name, name=name, username=name)
    client.fleets.add(fleet)
    return client.add_secret(name, "of the tests", by=maker)


def _trust(fleet: Fleet, client: ApiClient) -> int:
    """Of the client, by the machine itself."""
    set_up(client, fleet, ["Immobilization"])
    return client.trusts.get().pk


def _proposal(fleet: Fleet, by: User) -> str:
    return propose(fleet, "rules", {"approval_types": ["Stolen"]}, by=by).public_id


def _review(fleet: Fleet, vehicle: Vehicle, by: User) -> str:
    action = make_action(vehicle, "immobilise", state="done", user=by)
    return Review.objects.create(fleet=fleet, action=action, by=by, reason="Now.", at=timezone.now()).public_id


def _entry(fleet: Fleet) -> int:
    """Of the fleet's audit."""
    record(AuditEntry.Kind.OPERATED, About(fleet.public_id, fleet.pk))
    return AuditEntry.objects.filter(fleet=fleet).latest("pk").pk


def populated(name: str) -> tuple[Fleet, dict[str, Any]]:
    """A fleet with one of everything, and the ids as the addresses name them."""
    fleet = make_fleet(name)
    vehicle = make_vehicle(fleet, motorization="Electric", state={"energy": []}, state_read_at=timezone.now())
    somebody = make_person(f"somebody in {name}", fleet)
    callback, alert_webhook = make_callback(fleet), make_callback(fleet)
    Callback.objects.filter(pk=alert_webhook.pk).update(for_alerts=True)
    action = make_action(vehicle, "honk", callback=callback)
    channel = Channel.objects.create(subscribe=CHANNEL)
    on_channel = make_action(vehicle, "honk", callback=channels.member(channel, fleet))
    secret = _client(fleet, somebody)
    view = SavedView.objects.create(fleet=fleet, name="All", shared=True)
    raise_alert(Alert.Kind.DANGEROUS_ACTION, fleet.pk, "1", "It has failed.")
    ids = {
        "vehicle_id": vehicle.public_id,
        "callback_id": callback.public_id,
        "batch_id": make_batch(callback).pk,
        "alert_id": Alert.objects.get(fleet=fleet).public_id,
        "schedule_id": make_schedule(fleet, somebody, vehicle=vehicle).public_id,
        "command_id": save(fleet, "Honk", remote_of("honk"), somebody).public_id,
        "place_id": save_place(fleet, "Depot", (45.7, 4.8), somebody).public_id,
        "action_id": action.public_id,
        "bulk_id": make_bulk(fleet, somebody).public_id,
        "view_id": view.public_id,
        "import_id": check(fleet, somebody, "labels.csv", f"VIN,Label\n{vehicle.vin},Van".encode()).public_id,
        "gateway_id": vehicle.gateway_id,
        "entry_id": _entry(fleet),
        "factor_id": Authenticator.objects.create(user=somebody, type="totp", data={"secret": seal("A" * 32)}).pk,
        "person_id": somebody.pk,
        "member_id": somebody.memberships.get().pk,
        "invitation_id": invite(somebody, "new@example.com", [fleet], Grant(role="viewer"), "en")[0].public_id,
        "proposal_id": _proposal(fleet, somebody),
        "of_all_id": propose(None, "approver", {"name": name}, by=somebody).public_id,
        "review_id": _review(fleet, vehicle, somebody),
        "alert_webhook_id": alert_webhook.public_id,
        "connection_id": _connection(name, vehicle.gateway),
        "client_id": secret.client.public_id,
        "secret_id": secret.pk,
        **{"zoom": 6, "x": 32, "y": 22},
        "trust_id": _trust(fleet, secret.client),
        "chid": channel.public_id,
        "on_channel_id": on_channel.public_id,
        "nonce": "0123456789abcdef",
        "place": fleet.upstream_fleets.get().webhook_id,
        "token": "of-no-link",
        "uidb64": "of-nobody",
        "visit_id": 1,
        "language": "en",
        "version": words_version("en"),
    }
    published = {"fid": "fleet_id", "vid": "vehicle_id", "cbid": "callback_id", "rid": "action_id", "bid": "batch_id"}
    ids["fleet_id"] = fleet.public_id
    return fleet, ids | {short: str(ids[long]) for short, long in published.items()}
