"""The simulator's v1 account to drive over HTTP: a token, channels and remote actions."""

import json
from typing import Any

import requests

from simulator.world import V1_CLIENT_ID, V1_CLIENT_SECRET, WorldVehicle, demo_world
from tests.simulator.driving import Sent, Simulator, Webhook, until

ACCOUNT = demo_world()[1]
AWAKE = next(vehicle for vehicle in ACCOUNT.vehicles if vehicle.profile == "awake")
ASLEEP = next(vehicle for vehicle in ACCOUNT.vehicles if vehicle.profile == "asleep")
THERMIC = next(vehicle for vehicle in ACCOUNT.vehicles if vehicle.motorization == "Thermic")

HORN = {"action": {"horn": {"state": "Activated"}}}
UNLOCK = {"action": {"locking": {"state": "Unlocked"}}}


def ask_token(simulator: Simulator, scope: str | None = None, **form: str) -> requests.Response:
    """POST for a token with the client's secret in the form, and what `form` says in place of it."""
    usual = {"grant_type": "client_credentials", "client_id": V1_CLIENT_ID, "client_secret": V1_CLIENT_SECRET}
    asked = {} if scope is None else {"scope": scope}
    data = {key: value for key, value in {**usual, **asked, **form}.items() if value}
    url = f"{simulator.url}/as/token.oauth2"
    return requests.post(url, data=data, verify=simulator.verify, cert=simulator.cert, timeout=15)


class V1:
    """A client of the account with a token for some scopes; for all where none are named."""

    def __init__(self, simulator: Simulator, scope: str | None = None) -> None:
        self.simulator = simulator
        answer = ask_token(simulator, scope)
        assert answer.status_code == 200, answer.text
        self.token = str(answer.json()["access_token"])

    def call(self, method: str, path: str, body: Any = None, **params: Any) -> requests.Response:
        url = path if path.startswith("http") else f"{self.simulator.url}/api/connectedcar/v1{path}"
        return requests.request(
            method,
            url,
            json=body,
            params={"client_id": V1_CLIENT_ID, **params},
            headers={"Authorization": f"Bearer {self.token}"},
            verify=self.simulator.verify,
            cert=self.simulator.cert,
            timeout=15,
        )

    def get(self, path: str, **params: Any) -> Any:
        answer = self.call("GET", path, **params)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def refused(self, status: int, method: str, path: str, body: Any = None, **params: Any) -> str:
        """Ask what is to be refused, and check the error shape of v1; its message."""
        answer = self.call(method, path, body, **params)
        assert answer.status_code == status, answer.text
        assert set(answer.json()) == {"name", "debug", "message"}
        return str(answer.json()["message"])

    def subscribe(self, target: str, label: str = "mine", attributes: Any = (), **body: Any) -> str:
        """Register a channel; its id."""
        webhook = {"target": target, "name": "test", "attributes": list(attributes)}
        answer = self.call("POST", "/accounts/channels", {"label": label, "channel": {"webhook": webhook}, **body})
        assert answer.status_code == 200, answer.text
        return str(answer.json()["channelId"])

    def remotes(self, vehicle: WorldVehicle, channel: str) -> str:
        return f"/accounts/vehicles/{vehicle.id}/channels/{channel}/remotes"

    def send(self, vehicle: WorldVehicle, channel: str, body: Any) -> "V1Sent":
        path = self.remotes(vehicle, channel)
        answer = self.call("POST", path, body)
        assert answer.status_code == 202, answer.text
        action_id = answer.json()["remoteActionId"]
        return V1Sent(self.simulator, f"{path}/{action_id}", action_id, self)


class V1Sent(Sent):
    """A remote action that was answered 202."""

    def __init__(self, simulator: Simulator, path: str, action_id: str, account: V1) -> None:
        super().__init__(simulator, path, action_id)
        self.account = account

    def read(self) -> Any:
        return self.account.get(self.path)


def messages(webhook: Webhook, action: Sent | None = None) -> list[Any]:
    """All messages received, arrays taken apart; those of one action when it is given."""
    bodies = [request.body for request in list(webhook.received)]
    each = [item for body in bodies for item in (body if isinstance(body, list) else [body])]
    return [item for item in each if action is None or item["remoteEvent"]["remoteActionId"] == action.id]


def statuses(webhook: Webhook, action: Sent) -> list[str]:
    return [item["remoteEvent"]["eventStatus"]["status"] for item in messages(webhook, action)]


def wait_done(webhook: Webhook, action: Sent) -> list[str]:
    """The statuses of an action, once its Done is there."""

    def done() -> bool:
        return any(item["remoteEvent"]["eventStatus"]["type"] == "Done" for item in messages(webhook, action))

    until(done, f"Done of {action.id} arrives")
    return statuses(webhook, action)


def body_of(send: Any) -> Any:
    """What was sent, of an entry of /simulator/sends."""
    return json.loads(send["body"])
