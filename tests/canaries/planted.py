"""A FleetRemote at work with a secret of its own in each place that takes one."""

import secrets
from dataclasses import dataclass, field
from typing import Any

from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.contrib.auth.models import User
from django.test import Client

from callbacks import channels
from callbacks.delivery.postman import Postman
from callbacks.models import Batch, Callback
from connections.models import Connection
from fleets import api_tokens
from fleets.models import AccessToken, ApiClient, Fleet, FormerCredentials, FormerSecrets, Gateway
from fleets.people import first_admin
from fleets.storage.encryption import EncryptedTextField
from fleets.storage.encryption.rotation import encrypted_fields
from protocol.v1 import scopes
from tests.callbacks.outbox_world import channel_body, make_batch, make_callback
from tests.callbacks.sink import Sink
from tests.remotes.cloud import Cloud
from tests.rights.world import populated
from tests.world import NOON, make_action, make_person

# So short a one is found in other texts by chance.
_SHORTEST = 12


def canary(of: str) -> str:
    return f"canary-{of}-{secrets.token_hex(6)}"


def attributes(of: str, *kinds: str) -> list[dict[str, str]]:
    """One of each kind; only a name or the look of a value tells what may be a credential."""
    keys = {"Header": "X-Tenant", "Query": "code", "Body": "pin"}
    return [{"type": kind, "key": keys[kind], "value": canary(f"{of}-{kind}")} for kind in kinds]


@dataclass
class Planted:
    """`given` are the secrets that people and clients have given or were given, by what they are."""

    fleet: Fleet
    ids: dict[str, Any]
    cloud: Cloud
    sink: Sink
    postman: Postman
    callback: Callback
    member: Callback
    person: User
    client: ApiClient
    given: dict[str, str] = field(default_factory=dict)

    def secrets(self) -> dict[str, str]:
        """The given ones, and whatever a model keeps encrypted: of each row and field, by what it is."""
        return self.given | {
            f"{model._meta.label}.{field.name} {row.pk}": getattr(row, field.name)
            for model, field in encrypted_fields()
            if isinstance(field, EncryptedTextField)
            for row in model._default_manager.all()
            if len(getattr(row, field.name)) >= _SHORTEST
        }


def plant(cloud: Cloud, sink: Sink, postman: Postman) -> Planted:
    """One fleet with one of everything: its gateway is the cloud, its callback and channel lead to the sink."""
    fleet, ids = populated("Lyon")
    gateway = fleet.upstream_fleets.get().gateway
    gateway.base_url, gateway.password = cloud.base_url, canary("gateway")
    gateway.client_secret, gateway.is_simulated = canary("client-secret"), True
    gateway.client_id = "client-id-of-the-gateway"
    gateway.save()
    _others(gateway)

    person = make_person("clerk of canaries", fleet, email="clerk@example.com")
    password = canary("password")
    person.set_password(password)
    person.save()
    app = generate_totp_secret()
    TOTP.activate(person, app)
    codes = RecoveryCodes.activate(person).get_unused_codes()
    client = ApiClient(client_id="planted", name="planted", username="planted")
    secret = client.new_secret()
    client.fleets.add(fleet)
    token = api_tokens.new_token()
    api_tokens.issue(client.secrets.get(), token, scopes.ALL)

    told = attributes("callback", "Header", "Query", "Body")
    callback = make_callback(fleet, target=sink.url, attributes=told)
    on_channel = attributes("channel", "Header", "Query")
    channel = channels.create(client, [fleet], channel_body(target=sink.url, attributes=on_channel))
    of_action = attributes("action", "Body")
    vehicle = fleet.vehicles.get()
    member = channels.member(channel, fleet)
    action = make_action(vehicle, "honk", callback=member, extra={"attributes": of_action})
    Callback.objects.filter(pk=callback.pk).update(created_by=client)
    ids |= {
        "callback_id": callback.public_id,
        "cbid": callback.public_id,
        "chid": channel.public_id,
        "batch_id": make_batch(callback).pk,
        "action_id": action.public_id,
        "on_channel_id": action.public_id,
    }
    given = {
        **_values("a callback", told),
        **_values("a channel", on_channel),
        **_values("an action", of_action),
        "password of a person": password,
        "secret of an app": app,
        "recovery code": codes[0],
        "secret of an API client": secret,
        "token of an API client": token,
        "token of the first admin": str(first_admin.new_token()),
    }
    callback.refresh_from_db()
    return Planted(fleet, ids, cloud, sink, postman, callback, member, person, client, given)


def _values(of: str, items: list[dict[str, str]]) -> dict[str, str]:
    return {f"{item['type']} of {of}": item["value"] for item in items}


def _others(gateway: Gateway) -> None:
    """A row of each other model that keeps secrets."""
    upstream = gateway.upstream_fleets.get()
    former = FormerCredentials(gateway=gateway, replaced_at=NOON)
    draft = Connection(name="Draft", base_url="https://api.example.com/v3")
    AccessToken.objects.create(gateway=gateway, value=canary("access-token"), used_for="0" * 64)
    FormerSecrets.objects.create(
        upstream_fleet=upstream, replaced_at=NOON, webhook_secret=canary("former"), path_secret=canary("former-path")
    )
    for row in (former, draft):
        for name in ("password", "private_key", "client_secret"):
            setattr(row, name, canary(f"{type(row).__name__}-{name}"))
        row.proxy = f"http://user:{canary('proxy')}@proxy.example.com:3128"
        row.save()


def newest_batch(callback: Callback) -> Batch:
    found = Batch.objects.filter(callback=callback).order_by("-pk").first()
    assert found is not None
    return found


def logged_in(person: User) -> Client:
    browser = Client(raise_request_exception=False)
    browser.force_login(person)
    return browser
