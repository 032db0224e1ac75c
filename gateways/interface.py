"""What a gateway offers, and how a request to it can end. Credentials and time-outs are handed in."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

from gateways.codes import SAYS
from protocol.canonical import ActionReport, JsonObject, Remote
from protocol.why import SaysWhy, Why

# Whatever an answer tells, it is tried again after that, in seconds.
LONGEST_PAUSE = 900.0


@dataclass(frozen=True)
class Account:
    """Where the cloud is and who we are there.

    `certificate` is ours in PEM, its chain after it, `private_key` its key in PEM, not encrypted; `ca_bundle` in PEM,
    empty for the usual authorities; `proxy` a URL. Time-outs in seconds: to connect, between two bytes, and for a whole
    request. `largest_answer` in bytes.

    v3 signs in with `username` and `password`, v1 at `token_url`, with `client_secret` where there is one, and asks for
    `scopes`, separated by spaces; empty: all that we know. `name` is for people, where a dialect has no fleets.
    """

    dialect: str
    base_url: str
    client_id: str
    username: str
    password: str = field(repr=False)
    certificate: str = ""
    private_key: str = field(default="", repr=False)
    ca_bundle: str = ""
    proxy: str = field(default="", repr=False)
    connect_timeout: float = 5.0
    read_timeout: float = 15.0
    total_timeout: float = 20.0
    largest_answer: int = 2 * 1024 * 1024
    token_url: str = ""
    client_secret: str = field(default="", repr=False)
    scopes: str = ""
    name: str = ""


class Source(StrEnum):
    """`CREDENTIALS`: who we say we are is not believed, whatever we ask for. `GATEWAY`: something between us and the
    API, which the request did not reach. `API`: its verdict about this request, and the vehicle that it is for.
    """

    CREDENTIALS = "credentials"
    GATEWAY = "gateway"
    API = "api"


class GatewayError(SaysWhy):
    """A request that did not end as it should."""


class NotAccepted(GatewayError):
    """The cloud has surely not accepted it, and it may be tried again, not before `retry_after` seconds."""

    def __init__(self, why: Why, retry_after: float | None = None) -> None:
        super().__init__(why)
        self.retry_after = retry_after


class Refused(GatewayError):
    """It has surely done nothing: HTTP `status` with the words of whoever has refused it, who is `source`.

    Only what the API refuses is refused for good; with other credentials, or once what stands in front of the API lets
    it through, the same may be taken.
    """

    def __init__(self, status: int, words: str, source: Source = Source.API, why: Why | None = None) -> None:
        super().__init__(why or Why(SAYS, words=words))
        self.status, self.words, self.source = status, words, source


class OutcomeUnknown(GatewayError):
    """Nobody knows whether the cloud has accepted it: no answer in time, a cut, 3xx, 5xx, one that can't be read."""


def concerns_all(error: GatewayError) -> bool:
    """Whether asking for another vehicle would do no better now: no leave, no connection, our credentials."""
    if isinstance(error, Refused):
        return error.status == 401 or error.source is Source.CREDENTIALS
    return isinstance(error, NotAccepted)


@dataclass(frozen=True)
class Exchange:
    """A request as it was sent, and what came back: secrets masked, nothing else changed.

    `duration` in seconds; None: the request is about to be sent. When it is over, `status` is None where no answer
    came; then `why` says what came instead, and `error` how the network put it. `response_body` is the answer's
    beginning, decompressed; `response_length` is the length of all that was read. An answer that was not read to its
    end has a `why`, too. Of an answer that is not as it should be, `source` is who has given it, and `said` are its
    words, or where a redirect leads.

    `attempt` 2: the same request once more, with a new token. `counts`: it is a request to the API, so one of those
    that are limited; a request for a token is none. `tells`: what became of it says something of the whole account.
    """

    method: str
    url: str
    request_headers: list[tuple[str, str]]
    request_body: bytes
    duration: float | None = None
    status: int | None = None
    response_headers: list[tuple[str, str]] = field(default_factory=list)
    response_body: bytes = b""
    response_length: int = 0
    why: Why | None = None
    error: str = ""
    source: Source | None = None
    said: str = ""
    attempt: int = 1
    counts: bool = True
    tells: bool = True


@dataclass(frozen=True)
class Prepared:
    """A request to send a remote action that is ready to go, in whatever form the client has it.

    `exchange` is what an observer will be told of it first.
    """

    request: Any
    exchange: Exchange


# It records: called just before a request is sent, and when it is over. What it raises keeps the request from going.
Observer = Callable[[Exchange], None]
# Asked before each request whether it may go: None, or why not, which the client then raises.
Leave = Callable[[], NotAccepted | None]


@dataclass(frozen=True)
class Listing:
    """What the cloud lists of a vehicle's remote actions for one callback, read until the wanted one is `found`.

    `ids` are those of all that were read. `is_whole`: there are as many as the list itself says, and each has its id
    and its label, so that what is not there is not listed.
    """

    found: ActionReport | None
    ids: frozenset[str] = frozenset()
    is_whole: bool = False


@dataclass(frozen=True)
class Registered:
    """A callback as the cloud has it."""

    callback_id: str
    target: str
    status: str
    document: JsonObject


class GatewayClient(Protocol):
    """Requests to the cloud in one dialect. Every method may raise NotAccepted, Refused or OutcomeUnknown."""

    def observed_by(self, observe: Observer, leave: Leave | None = None) -> "GatewayClient":
        """The same client, whose every request the observer is told of, and leave is asked for. Raises nothing."""

    def hiding(self, secrets: Iterable[str]) -> "GatewayClient":
        """The same client, which shows these secrets to no observer and in no error, beside those of the account."""

    def prepare(self, fleet_id: str, vehicle_id: str, callback_id: str, remote: Remote) -> Prepared:
        """Make ready to post a remote action.

        Raises NotAccepted where the cloud's address can't be used, Refused where the dialect has no place for what is
        in the action.
        """

    def send(self, prepared: Prepared) -> str:
        """Post a remote action; gives its id there."""

    def read_action(self, fleet_id: str, vehicle_id: str, callback_id: str, action_id: str) -> ActionReport | None:
        """What the cloud says of an action, None when it does not know it."""

    def find_action(self, fleet_id: str, vehicle_id: str, callback_id: str, label: str) -> Listing:
        """Look for the action with this label among those that the cloud lists."""

    def register(self, fleet_id: str, subscribe: JsonObject) -> str:
        """Register a callback; gives its id there."""

    def read_callback(self, fleet_id: str, callback_id: str) -> Registered | None:
        """A callback, None when it is gone."""

    def replace_callback(self, fleet_id: str, callback_id: str, subscribe: JsonObject) -> None:
        """Replace what a callback was registered with."""

    def resume_callback(self, fleet_id: str, callback_id: str) -> None:
        """Set a callback's status to Running."""

    def vehicle_status(self, fleet_id: str, vehicle_id: str) -> JsonObject:
        """The latest status of a vehicle, as the cloud has it."""

    def statuses(self, fleet_id: str, first: int = 0) -> Iterator[list[JsonObject]]:
        """The latest status of a fleet's vehicles, a page at a time, from that place in the list on.

        Raises Refused or OutcomeUnknown where the cloud has no such list, Refused at once where the dialect has none.
        """

    def fleets(self) -> Iterator[JsonObject]:
        """All fleets of the account. Raises OutcomeUnknown at the end where some may be missing."""

    def vehicles(self, fleet_id: str) -> Iterator[JsonObject]:
        """All vehicles of a fleet, with their branding. Raises OutcomeUnknown at the end where some may be missing."""

    def vehicle(self, fleet_id: str, vehicle_id: str) -> JsonObject:
        """One vehicle, with its onboard capabilities and branding under `_embedded.extension`."""
