"""What the clients of all dialects share: one session an account, requests that are observed, HAL lists."""

import copy
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from http.cookiejar import DefaultCookiePolicy
from typing import Any, Self
from urllib.parse import quote, urljoin, urlsplit

import requests

from gateways import codes, tls
from gateways.answers.outcome import document
from gateways.bounded import Answer, Limits, adapter, fetch
from gateways.exchange import Marking, Sending, about_to_be_sent, as_it_is, failure, observed
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
    Source,
)
from gateways.masking import Masking, secrets_of
from protocol.canonical import ActionReport, JsonObject, Remote
from protocol.errors import Invalid
from protocol.ids import id_text
from protocol.why import Why

# Pages of the list of a vehicle's actions.
MAX_PAGES = 50
# Bytes of an answer to anything but a GET.
LARGEST_RECEIPT = 256 * 1024
# 120,000 vehicles a fleet: an end for lists that lead in a circle.
MAX_LIST_PAGES = 2_000


class HttpClient:
    """Requests to the API of one account. Each ends with a document, or raises a GatewayError."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._observe: Observer | None = None
        self._leave: Leave | None = None
        self._secrets = secrets_of(account)
        self._masking = Masking(self._secrets)
        self._base = account.base_url.rstrip("/")
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.params = {"client_id": account.client_id}
        # A cookie would tie requests to those before them in this thread, whichever fleet those were for.
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        self._session.headers["Accept"] = "application/hal+json, application/json"
        if account.proxy:
            self._session.proxies = {"http": account.proxy, "https": account.proxy}
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, adapter(lambda: tls.context(account)))

    def observed_by(self, observe: Observer, leave: Leave | None = None) -> Self:
        # A shallow copy: it uses the same connections.
        client = copy.copy(self)
        client._observe, client._leave = observe, leave
        return client

    def hiding(self, secrets: Iterable[str]) -> Self:
        client = copy.copy(self)
        client._secrets = [*secrets_of(self._account), *secrets]
        client._masking = Masking(client._secrets)
        return client

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

    def _read_listed(self, path: str, key: str, id: str) -> JsonObject | None:
        """GET one of a collection, whose path and key these are; None where it is gone."""
        try:
            return self._read(f"{path}/{part(id)}")
        except OutcomeUnknown as unknown:
            # Not every cloud writes a 404 as it is published: then the whole list must show that it is not there.
            if unknown.why.values.get("status") != 404 or not self._lists_without(path, key, id):
                raise
            return None

    def _lists_without(self, path: str, key: str, id: str) -> bool:
        """Whether the collection can be read, is whole, and does not have this one."""
        try:
            ids = [id_text(item.get("id")) for item in self._whole(path, key)]
        except GatewayError:
            return False
        return all(ids) and id not in ids

    def _find(self, path: str, label: str, decode: Callable[[Any], ActionReport]) -> Listing:
        """Look for the action with this label in a list of actions."""
        ids: set[str] = set()
        count, is_whole = 0, True
        totals: set[object] = set()
        for answer in self._pages(path, MAX_PAGES):
            found, total = items(answer, "remoteActions"), answer.get("total")
            totals.add(total if type(total) is int else None)
            is_whole = is_whole and (found is not None or total == 0)
            for item in found or ():
                report = _readable(item, decode)
                if report is None or report.label is None:
                    is_whole = False
                elif report.label == label:
                    return Listing(report)
                else:
                    ids.add(report.remote_action_id)
                count += 1
        return Listing(None, frozenset(ids), is_whole and totals == {count} and len(ids) == count)

    def _whole(self, path: str, key: str) -> Iterator[JsonObject]:
        """All items of a collection; OutcomeUnknown at the end unless their number is each page's `total`.

        A list that changes while it is read may skip an item that is there.
        """
        count = 0
        totals: set[int] = set()
        for answer in self._pages(path, MAX_LIST_PAGES):
            found, total = items(answer, key), answer.get("total")
            if found is None and total != 0:
                raise OutcomeUnknown(Why(codes.PAGE_WITHOUT, key=key))
            if isinstance(total, int):
                totals.add(total)
            count += len(found or ())
            yield from (item for item in found or () if isinstance(item, dict))
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
        try:
            target = urlsplit(urljoin(self._base + "/", href))
        except ValueError as error:
            raise OutcomeUnknown(Why(codes.UNREADABLE_BECAUSE, why=f"_links.next.href: {error}")) from error
        path = "/" + target.path.removeprefix(urlsplit(self._base).path).lstrip("/")
        return f"{path}?{target.query}" if target.query else path

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
        self._ask_leave()
        return document(self._answer(prepared, self._masking, self._exchange), self._masking)

    def _ask_leave(self) -> None:
        refusal = self._leave() if self._leave is not None else None
        if refusal is not None:
            raise refusal

    def _answer(self, prepared: Prepared, masking: Masking, send: Sending, mark: Marking = as_it_is) -> Answer:
        """Send it with `send` under the observer's eyes."""
        try:
            if self._observe is None:
                answer = send(prepared.request)
            else:
                answer = observed(self._observe, masking, prepared, send, mark)
        except requests.RequestException as error:
            raise failure(error) from error
        if answer.status == 401:
            # The next request goes over a new connection: to another server of the cloud's, perhaps.
            self._session.close()
        return answer

    def _exchange(self, request: requests.PreparedRequest) -> Answer:
        return fetch(self._session, request, self._limits(request))

    def _limits(self, request: requests.PreparedRequest) -> Limits:
        account = self._account
        # What is read may be long; what answers an order is not.
        size = account.largest_answer if request.method == "GET" else min(account.largest_answer, LARGEST_RECEIPT)
        return Limits(account.connect_timeout, account.read_timeout, account.total_timeout, size)


def part(text: str) -> str:
    """As one part of a path."""
    return quote(text, safe="")


def written(write: Callable[[], JsonObject]) -> JsonObject:
    """A body for the cloud. Raises Refused, naming the field, where the dialect has no place for what is in it."""
    try:
        return write()
    except Invalid as error:
        raise Refused(400, str(error), Source.API) from error


def without_attributes(remote: Remote) -> Remote:
    """As it goes to the cloud: a remote's own Body attributes are for who is notified by us."""
    return replace(remote, extra={name: value for name, value in remote.extra.items() if name != "attributes"})


def items(answer: JsonObject, key: str) -> list[Any] | None:
    """The items of a collection's page, None where the page holds no list."""
    embedded = answer.get("_embedded")
    found = embedded.get(key) if isinstance(embedded, dict) else None
    return found if isinstance(found, list) else None


def text(answer: JsonObject, key: str) -> str:
    """An id in the answer. Raises OutcomeUnknown where there is none."""
    value = id_text(answer.get(key))
    if not value:
        raise OutcomeUnknown(Why(codes.WITHOUT, key=key))
    return value


def report_of(item: JsonObject, decode: Callable[[Any], ActionReport]) -> ActionReport:
    """What an answer tells of an action. Raises OutcomeUnknown where it can't be read."""
    try:
        return decode(item)
    except Invalid as error:
        raise OutcomeUnknown(Why(codes.UNREADABLE_BECAUSE, why=str(error))) from error


def _readable(item: Any, decode: Callable[[Any], ActionReport]) -> ActionReport | None:
    """An entry of a list, None where it has no id."""
    try:
        return decode(item)
    except Invalid:
        return None
