"""The Fleet Owner API v3 over HTTP (fleet-owner-v3.yaml)."""

import copy
from collections.abc import Iterable, Iterator
from http.cookiejar import DefaultCookiePolicy
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

import requests

from gateways import codes, tls
from gateways.answers.outcome import document
from gateways.bounded import Answer, Limits, adapter, fetch
from gateways.exchange import about_to_be_sent, failure, observed
from gateways.interface import (
    Account,
    GatewayError,
    Leave,
    Listing,
    NotAccepted,
    Observer,
    OutcomeUnknown,
    Prepared,
    Refused,
    Registered,
    Source,
)
from gateways.masking import Masking, secrets_of
from protocol.canonical import ActionReport, JsonObject, Remote
from protocol.errors import Invalid
from protocol.ids import id_text
from protocol.v3 import decode_action, encode_remote
from protocol.why import Why

MAX_PAGES = 50
# Bytes of an answer to anything but a GET.
LARGEST_RECEIPT = 256 * 1024
# 120,000 vehicles a fleet: an end for lists that lead in a circle.
MAX_LIST_PAGES = 2_000


class V3Client:
    """See gateways.interface.GatewayClient."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._observe: Observer | None = None
        self._leave: Leave | None = None
        self._masking = Masking(secrets_of(account))
        self._base = account.base_url.rstrip("/")
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.auth = (account.username, account.password)
        self._session.params = {"client_id": account.client_id}
        # A cookie would tie requests to those before them in this thread, whichever fleet those were for.
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        self._session.headers["Accept"] = "application/hal+json, application/json"
        if account.proxy:
            self._session.proxies = {"http": account.proxy, "https": account.proxy}
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, adapter(lambda: tls.context(account)))

    def observed_by(self, observe: Observer, leave: Leave | None = None) -> "V3Client":
        # A shallow copy: it uses the same connections.
        client = copy.copy(self)
        client._observe, client._leave = observe, leave
        return client

    def hiding(self, secrets: Iterable[str]) -> "V3Client":
        client = copy.copy(self)
        client._masking = Masking([*secrets_of(self._account), *secrets])
        return client

    def prepare(self, fleet_id: str, vehicle_id: str, callback_id: str, remote: Remote) -> Prepared:
        return self._prepare("POST", _remotes(fleet_id, vehicle_id, callback_id), encode_remote(remote))

    def send(self, prepared: Prepared) -> str:
        return _text(self._send(prepared), "remoteActionId")

    def read_action(self, fleet_id: str, vehicle_id: str, callback_id: str, action_id: str) -> ActionReport | None:
        path = f"{_remotes(fleet_id, vehicle_id, callback_id)}/{_part(action_id)}"
        answer = self._read(path)
        return None if answer is None else _report(answer)

    def find_action(self, fleet_id: str, vehicle_id: str, callback_id: str, label: str) -> Listing:
        ids: set[str] = set()
        count, is_whole = 0, True
        totals: set[object] = set()
        for answer in self._pages(_remotes(fleet_id, vehicle_id, callback_id), MAX_PAGES):
            items, total = _items(answer, "remoteActions"), answer.get("total")
            totals.add(total if type(total) is int else None)
            is_whole = is_whole and (items is not None or total == 0)
            for item in items or ():
                report = _readable(item)
                if report is None or report.label is None:
                    is_whole = False
                elif report.label == label:
                    return Listing(report)
                else:
                    ids.add(report.remote_action_id)
                count += 1
        return Listing(None, frozenset(ids), is_whole and totals == {count} and len(ids) == count)

    def register(self, fleet_id: str, subscribe: JsonObject) -> str:
        return _text(self._request("POST", _callbacks(fleet_id), subscribe), "callbackId")

    def read_callback(self, fleet_id: str, callback_id: str) -> Registered | None:
        try:
            answer = self._read(f"{_callbacks(fleet_id)}/{_part(callback_id)}")
        except OutcomeUnknown as unknown:
            # Not every cloud writes a 404 as it is published: then the whole list must show that it is not there.
            if unknown.why.values.get("status") != 404 or not self._lists_without(fleet_id, callback_id):
                raise
            answer = None
        if answer is None:
            return None
        subscribe = answer.get("subscribe")
        subscribe = subscribe if isinstance(subscribe, dict) else {}
        callback = subscribe.get("callback")
        webhook = callback.get("webhook") if isinstance(callback, dict) else None
        target = webhook.get("target") if isinstance(webhook, dict) else None
        return Registered(callback_id, str(target or ""), str(answer.get("status", "")), subscribe)

    def _lists_without(self, fleet_id: str, callback_id: str) -> bool:
        """Whether the fleet's list of callbacks can be read, is whole, and does not have this one."""
        try:
            ids = [id_text(item.get("id")) for item in self._whole(_callbacks(fleet_id), "callbacks")]
        except GatewayError:
            return False
        return all(ids) and callback_id not in ids

    def replace_callback(self, fleet_id: str, callback_id: str, subscribe: JsonObject) -> None:
        self._request("PUT", f"{_callbacks(fleet_id)}/{_part(callback_id)}", subscribe)

    def resume_callback(self, fleet_id: str, callback_id: str) -> None:
        self._request("PUT", f"{_callbacks(fleet_id)}/{_part(callback_id)}/status", {"status": "Running"})

    def vehicle_status(self, fleet_id: str, vehicle_id: str) -> JsonObject:
        return self._request("GET", f"/fleets/{_part(fleet_id)}/vehicles/{_part(vehicle_id)}/status")

    def statuses(self, fleet_id: str, first: int = 0) -> Iterator[list[JsonObject]]:
        # The range alone names a place: a token of a page may have lapsed by the time that the next run goes on.
        place = f"?indexRange={first}-" if first else ""
        for answer in self._pages(f"/fleets/{_part(fleet_id)}/status{place}", MAX_LIST_PAGES):
            items = _items(answer, "status")
            if items is None and answer.get("total") != 0:
                raise OutcomeUnknown(Why(codes.PAGE_WITHOUT, key="status"))
            yield [item for item in items or () if isinstance(item, dict)]

    def fleets(self) -> Iterator[JsonObject]:
        return self._whole("/fleets", "fleets")

    def vehicles(self, fleet_id: str) -> Iterator[JsonObject]:
        return self._whole(f"/fleets/{_part(fleet_id)}/vehicles?extension=branding", "vehicles")

    def vehicle(self, fleet_id: str, vehicle_id: str) -> JsonObject:
        path = f"/fleets/{_part(fleet_id)}/vehicles/{_part(vehicle_id)}"
        return self._request("GET", f"{path}?extension=onboardCapabilities&extension=branding")

    def _whole(self, path: str, key: str) -> Iterator[JsonObject]:
        """All items of a collection; OutcomeUnknown at the end unless their number is each page's `total`.

        A list that changes while it is read may skip an item that is there.
        """
        count = 0
        totals: set[int] = set()
        for answer in self._pages(path, MAX_LIST_PAGES):
            items, total = _items(answer, key), answer.get("total")
            if items is None and total != 0:
                raise OutcomeUnknown(Why(codes.PAGE_WITHOUT, key=key))
            if isinstance(total, int):
                totals.add(total)
            count += len(items or ())
            yield from (item for item in items or () if isinstance(item, dict))
        if totals - {count}:
            told = " and ".join(str(total) for total in sorted(totals))
            raise OutcomeUnknown(Why(codes.NOT_ALL, number=str(count), key=key, told=told))

    def _pages(self, path: str, most: int) -> Iterator[JsonObject]:
        """The pages of a HAL collection, one after the other along their `next` links."""
        url: str | None = path
        for _ in range(most):
            if url is None:
                return
            answer = self._request("GET", url)
            yield answer
            url = self._next(answer)
        raise OutcomeUnknown(Why(codes.TOO_MANY_PAGES, path=path, most=str(most)))

    def _next(self, answer: JsonObject) -> str | None:
        links = answer.get("_links")
        link = links.get("next") if isinstance(links, dict) else None
        href = link.get("href") if isinstance(link, dict) else None
        if not isinstance(href, str):
            return None
        # Only path and query are taken from the link: credentials must never go to another host.
        target = urlsplit(urljoin(self._base + "/", href))
        path = "/" + target.path.removeprefix(urlsplit(self._base).path).lstrip("/")
        return f"{path}?{target.query}" if target.query else path

    def _read(self, path: str) -> JsonObject | None:
        """GET, None where the API itself says that there is no such thing (404)."""
        try:
            return self._request("GET", path)
        except Refused as refused:
            if refused.status != 404:
                raise
            if refused.source is not Source.API:
                # A proxy that does not find the API knows nothing of what is there.
                raise OutcomeUnknown(Why(codes.ANSWERED_SAYING, status=404, words=refused.words)) from refused
            return None

    def _request(self, method: str, path: str, body: JsonObject | None = None) -> JsonObject:
        return self._send(self._prepare(method, path, body))

    def _prepare(self, method: str, path: str, body: JsonObject | None) -> Prepared:
        try:
            request = self._session.prepare_request(requests.Request(method, self._base + path, json=body))
        except requests.RequestException as error:
            why = Why(codes.BAD_ADDRESS_BECAUSE, why=self._masking.text(str(error)))
            raise NotAccepted(why) from error
        return Prepared(request, about_to_be_sent(request, self._masking))

    def _send(self, prepared: Prepared) -> JsonObject:
        try:
            if self._observe is None:
                answer = self._exchange(prepared.request)
            else:
                answer = observed(self._observe, self._leave, self._masking, prepared, self._exchange)
        except requests.RequestException as error:
            raise failure(error) from error
        if answer.status == 401:
            # The next request goes over a new connection: to another server of the cloud's, perhaps.
            self._session.close()
        return document(answer, self._masking)

    def _exchange(self, request: requests.PreparedRequest) -> Answer:
        account = self._account
        # What is read may be long; what answers an order is not.
        size = account.largest_answer if request.method == "GET" else min(account.largest_answer, LARGEST_RECEIPT)
        limits = Limits(account.connect_timeout, account.read_timeout, account.total_timeout, size)
        return fetch(self._session, request, limits)


def _part(text: str) -> str:
    return quote(text, safe="")


def _callbacks(fleet_id: str) -> str:
    return f"/fleets/{_part(fleet_id)}/remote/callbacks"


def _remotes(fleet_id: str, vehicle_id: str, callback_id: str) -> str:
    return f"/fleets/{_part(fleet_id)}/vehicles/{_part(vehicle_id)}/callbacks/{_part(callback_id)}/remotes"


def _items(answer: JsonObject, key: str) -> list[Any] | None:
    """The items of a collection's page, None where the page holds no list."""
    embedded = answer.get("_embedded")
    items = embedded.get(key) if isinstance(embedded, dict) else None
    return items if isinstance(items, list) else None


def _text(answer: JsonObject, key: str) -> str:
    value = id_text(answer.get(key))
    if not value:
        raise OutcomeUnknown(Why(codes.WITHOUT, key=key))
    return value


def _readable(item: Any) -> ActionReport | None:
    """An entry of a list, None where it has no id."""
    try:
        return decode_action(item)
    except Invalid:
        return None


def _report(item: JsonObject) -> ActionReport:
    try:
        return decode_action(item)
    except Invalid as error:
        raise OutcomeUnknown(Why(codes.UNREADABLE_BECAUSE, why=str(error))) from error
