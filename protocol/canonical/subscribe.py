"""A callback as it is registered, whichever dialect it is written in."""

from dataclasses import dataclass

from protocol.canonical.document import JsonObject


@dataclass(frozen=True)
class Subscribe:
    """A callback as it is registered (RemoteCallbackSubscribe of fleet-owner-v3.yaml).

    `document` is the whole body under its right spellings with unknown fields kept: what GET gives back.
    `remote_types` are v3 type names, empty for every type. `batch_size` 0: one event a request.
    Delays and windows are seconds; `retry_number` counts retries after the first try.
    """

    document: JsonObject
    target: str
    name: str
    label: str
    attributes: tuple[JsonObject, ...]
    remote_types: tuple[str, ...]
    policy: str
    retry_number: int
    retry_delay: int
    batch_size: int
    batch_window: int
