"""The Fleet Owner API v3 over HTTP (fleet-owner-v3.yaml)."""

from collections.abc import Iterator

from gateways import codes
from gateways.answers.outcome import state_in
from gateways.answers.shapes import is_error
from gateways.http import MAX_LIST_PAGES, HttpClient, items, part, report_of, text, without_attributes, written
from gateways.interface import Account, Listing, OutcomeUnknown, Prepared, Registered
from protocol.canonical import ActionReport, JsonObject, Remote
from protocol.v3 import decode_action, encode_remote
from protocol.why import Why


class V3Client(HttpClient):
    """See gateways.interface.GatewayClient."""

    def __init__(self, account: Account) -> None:
        super().__init__(account)
        # Also where both are empty: else a login would be taken from ~/.netrc.
        self._session.auth = (account.username, account.password)

    def prepare(self, fleet_id: str, vehicle_id: str, callback_id: str, remote: Remote) -> Prepared:
        body = written(lambda: encode_remote(without_attributes(remote)))
        return self._prepare("POST", _remotes(fleet_id, vehicle_id, callback_id), body)

    def send(self, prepared: Prepared) -> str:
        return text(self._send(prepared), "remoteActionId")

    def read_action(self, fleet_id: str, vehicle_id: str, callback_id: str, action_id: str) -> ActionReport | None:
        path = f"{_remotes(fleet_id, vehicle_id, callback_id)}/{part(action_id)}"
        answer = self._read(path)
        return None if answer is None else report_of(answer, decode_action)

    def find_action(self, fleet_id: str, vehicle_id: str, callback_id: str, label: str) -> Listing:
        return self._find(_remotes(fleet_id, vehicle_id, callback_id), label, decode_action)

    def register(self, fleet_id: str, subscribe: JsonObject) -> str:
        return text(self._request("POST", _callbacks(fleet_id), subscribe), "callbackId")

    def read_callback(self, fleet_id: str, callback_id: str) -> Registered | None:
        answer = self._read_listed(_callbacks(fleet_id), "callbacks", callback_id)
        if answer is None:
            return None
        subscribe = answer.get("subscribe")
        subscribe = subscribe if isinstance(subscribe, dict) else {}
        callback = subscribe.get("callback")
        webhook = callback.get("webhook") if isinstance(callback, dict) else None
        target = webhook.get("target") if isinstance(webhook, dict) else None
        return Registered(callback_id, str(target or ""), str(answer.get("status", "")), subscribe)

    def replace_callback(self, fleet_id: str, callback_id: str, subscribe: JsonObject) -> None:
        self._request("PUT", f"{_callbacks(fleet_id)}/{part(callback_id)}", subscribe)

    def resume_callback(self, fleet_id: str, callback_id: str) -> None:
        self._request("PUT", f"{_callbacks(fleet_id)}/{part(callback_id)}/status", {"status": "Running"})

    def vehicle_status(self, fleet_id: str, vehicle_id: str) -> JsonObject:
        path = f"/fleets/{part(fleet_id)}/vehicles/{part(vehicle_id)}/status"
        return state_in(self._request("GET", path), self._masking)

    def statuses(self, fleet_id: str, first: int = 0) -> Iterator[list[JsonObject]]:
        # The range alone names a place: a token of a page may have lapsed by the time that the next run goes on.
        place = f"?indexRange={first}-" if first else ""
        for answer in self._pages(f"/fleets/{part(fleet_id)}/status{place}", MAX_LIST_PAGES):
            found = items(answer, "status")
            if found is None and answer.get("total") != 0:
                raise OutcomeUnknown(Why(codes.PAGE_WITHOUT, key="status"))
            # Of what is left out the vehicle is asked for alone.
            yield [item for item in found or () if isinstance(item, dict) and not is_error(item)]

    def fleets(self) -> Iterator[JsonObject]:
        return self._whole("/fleets", "fleets")

    def vehicles(self, fleet_id: str) -> Iterator[JsonObject]:
        return self._whole(f"/fleets/{part(fleet_id)}/vehicles?extension=branding", "vehicles")

    def vehicle(self, fleet_id: str, vehicle_id: str) -> JsonObject:
        path = f"/fleets/{part(fleet_id)}/vehicles/{part(vehicle_id)}"
        return self._request("GET", f"{path}?extension=onboardCapabilities&extension=branding")


def _callbacks(fleet_id: str) -> str:
    return f"/fleets/{part(fleet_id)}/remote/callbacks"


def _remotes(fleet_id: str, vehicle_id: str, callback_id: str) -> str:
    return f"/fleets/{part(fleet_id)}/vehicles/{part(vehicle_id)}/callbacks/{part(callback_id)}/remotes"
