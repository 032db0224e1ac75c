"""What a dialect's codec offers, so that nothing above the wire asks which dialect it is."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from protocol.canonical import ActionReport, JsonObject, Remote, Subscribe
from protocol.canonical.reading import Read
from protocol.catalogue import RemoteType


class Codec(Protocol):
    """A module with these functions. What it reads is canonical (protocol/canonical/), and so is what it is given.

    `NAME` is what the dialect is called in words. `ARRAY_SIZE`: so many waiting notifications go as one request,
    whatever the callback asks for, and then without its headers and query parameters; 0: never.
    """

    DIALECT: str
    NAME: str
    ARRAY_SIZE: int

    def decode_remote(self, body: object) -> Remote:
        """Read the body of POST …/remotes. Raises Invalid with the path of the field at fault."""

    def encode_remote(self, remote: Remote) -> JsonObject:
        """The body of POST …/remotes. Raises Invalid with the canonical path of what the dialect has no place for."""

    def show_remote(self, remote: Remote) -> JsonObject:
        """The same for whoever reads a remote action; what has no place in the dialect is left where it is."""

    def no_place(self, remote_type: RemoteType) -> tuple[str, ...]:
        """The fields of the canonical payload that the dialect has no place for, as `schedule.programs[].end`."""

    def type_name(self, remote_type: RemoteType, payload: Mapping[str, object]) -> str:
        """The RemoteType that the dialect has for it. Raises Invalid where it has none."""

    def decode_subscribe(self, body: object) -> Subscribe:
        """Read the body of a registration. Raises Invalid with the path of the field at fault."""

    def encode_subscribe(self, document: JsonObject) -> JsonObject:
        """The body of a registration of what RemoteCallbackSubscribe says in v3.

        Raises Invalid for what has no place in the dialect.
        """

    def decode_notification(self, body: object) -> Read:
        """Read what is posted to a webhook. Raises Invalid when the body as a whole can't be read."""

    def encode_batch(
        self, callback_id: str, attributes: Sequence[Mapping[str, str]], events: Sequence[str | bytes]
    ) -> bytes:
        """The body that is posted to a webhook. `attributes` are its Body attributes, `{key, value}` each; `events` the
        JSON texts of canonical events.
        """

    def decode_action(self, body: object) -> ActionReport:
        """Read what GET …/remotes/{rid} tells. Raises Invalid when it has no id."""
