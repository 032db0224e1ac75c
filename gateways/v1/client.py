"""The Connected Car API v1 over HTTP (connected-car-v1.yaml): an account is its only fleet, and has a channel of us."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from gateways import codes
from gateways.answers.outcome import state_in
from gateways.http import part, report_of, text, without_attributes, written
from gateways.interface import Listing, Prepared, Refused, Registered, Source
from gateways.v1 import channels
from gateways.v1.signed import SignedClient
from protocol import v1
from protocol.canonical import ActionReport, JsonObject, Remote
from protocol.statuses import CALLBACK_RUNNING
from protocol.v1.telemetry import decode_telemetry
from protocol.v1.vehicles import decode_capability, decode_vehicle
from protocol.why import Why

# The id of the only fleet.
ACCOUNT = "account"
# Vehicles a page: the most that may be asked for.
PAGE = 500

_CHANNELS = "/accounts/channels"


class V1Client(SignedClient):
    """See gateways.interface.GatewayClient."""

    def prepare(self, fleet_id: str, vehicle_id: str, callback_id: str, remote: Remote) -> Prepared:
        body = written(lambda: v1.encode_remote(without_attributes(remote)))
        return self._prepare("POST", _remotes(vehicle_id, callback_id), body)

    def send(self, prepared: Prepared) -> str:
        return text(self._send(prepared), "remoteActionId")

    def read_action(self, fleet_id: str, vehicle_id: str, callback_id: str, action_id: str) -> ActionReport | None:
        answer = self._read(f"{_remotes(vehicle_id, callback_id)}/{part(action_id)}")
        return None if answer is None else report_of(answer, v1.decode_action)

    def find_action(self, fleet_id: str, vehicle_id: str, callback_id: str, label: str) -> Listing:
        return self._find(_remotes(vehicle_id, callback_id), label, v1.decode_action)

    def register(self, fleet_id: str, subscribe: JsonObject) -> str:
        """The account's own channel of ours is taken over, so that there is never a second one."""
        body = _channel(subscribe)
        listed = list(self._whole(_CHANNELS, "channels"))
        mine = channels.ours(listed, body)
        if mine is not None:
            self._request("PUT", f"{_CHANNELS}/{part(mine.id)}", body)
            if mine.status != CALLBACK_RUNNING:
                self.resume_callback(fleet_id, mine.id)
            return mine.id
        channels.check_room(listed)
        return text(self._request("POST", _CHANNELS, body), "channelId")

    def read_callback(self, fleet_id: str, callback_id: str) -> Registered | None:
        answer = self._read_listed(_CHANNELS, "channels", callback_id)
        if answer is None:
            return None
        subscribe = answer.get("subscribe")
        subscribe = subscribe if isinstance(subscribe, dict) else {}
        target, status = channels.target_of(subscribe), str(answer.get("status", ""))
        return Registered(callback_id, target, status, subscribe)

    def replace_callback(self, fleet_id: str, callback_id: str, subscribe: JsonObject) -> None:
        self._request("PUT", f"{_CHANNELS}/{part(callback_id)}", _channel(subscribe))

    def resume_callback(self, fleet_id: str, callback_id: str) -> None:
        self._request("PUT", f"{_CHANNELS}/{part(callback_id)}/status", {"status": CALLBACK_RUNNING})

    def vehicle_status(self, fleet_id: str, vehicle_id: str) -> JsonObject:
        told = self._request("GET", f"{_vehicle(vehicle_id)}/telemetries/latest")
        return decode_telemetry(state_in(told, self._masking))

    def statuses(self, fleet_id: str, first: int = 0) -> Iterator[list[JsonObject]]:
        why = Why(codes.NO_LIST_OF_STATES)
        raise Refused(404, str(why), Source.API, why)

    def fleets(self) -> Iterator[JsonObject]:
        name = self._account.name or urlsplit(self._base).hostname or ACCOUNT
        yield {"id": ACCOUNT, "name": name}

    def vehicles(self, fleet_id: str) -> Iterator[JsonObject]:
        return map(decode_vehicle, self._whole(f"/accounts/vehicles?pageSize={PAGE}", "vehicles"))

    def vehicle(self, fleet_id: str, vehicle_id: str) -> JsonObject:
        return decode_capability(self._request("GET", f"{_vehicle(vehicle_id)}/capability"))


def _channel(subscribe: JsonObject) -> JsonObject:
    # A channel tells of every type.
    document = {name: value for name, value in subscribe.items() if name != "remoteTypes"}
    return written(lambda: v1.encode_subscribe(document))


def _vehicle(vehicle_id: str) -> str:
    return f"/accounts/vehicles/{part(vehicle_id)}"


def _remotes(vehicle_id: str, callback_id: str) -> str:
    return f"{_vehicle(vehicle_id)}/channels/{part(callback_id)}/remotes"
