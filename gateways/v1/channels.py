"""The account's channels: at most five, of which one is ours."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from gateways import codes
from gateways.interface import Refused, Source
from protocol.canonical import JsonObject
from protocol.ids import id_text
from protocol.why import Why

MOST = 5
# Characters of a label that are shown.
_LONGEST = 60


def target_of(subscribe: Any) -> str:
    """Where a channel posts to, given what it was registered with; empty where it is no webhook."""
    channel = subscribe.get("channel") if isinstance(subscribe, dict) else None
    webhook = channel.get("webhook") if isinstance(channel, dict) else None
    target = webhook.get("target") if isinstance(webhook, dict) else None
    return target if isinstance(target, str) else ""


@dataclass(frozen=True)
class Channel:
    """One of the account's that is a webhook."""

    id: str
    status: str
    target: str


def ours(channels: Sequence[JsonObject], wanted: JsonObject) -> Channel | None:
    """The channel that is ours, given what is to be registered; None where none is.

    It posts to the same address but for its last part, which is a secret and may be new. One that has our label and
    posts to our host is not ours for that: it may serve another gateway of ours that has the same account.
    """
    target = _open_part(target_of(wanted))
    webhooks = (found for found in map(_webhook, channels) if found is not None)
    return next((found for found in webhooks if target and _open_part(found.target) == target), None)


def _webhook(channel: JsonObject) -> Channel | None:
    id, target = id_text(channel.get("id")), target_of(channel.get("subscribe"))
    return Channel(id, str(channel.get("status", "")), target) if id and target else None


def check_room(channels: Sequence[JsonObject]) -> None:
    """Raises Refused where the account can have no more channels."""
    if len(channels) < MOST:
        return
    labels = ", ".join(_told_apart([(_shown(item), id_text(item.get("id")) or "?") for item in channels]))
    why = Why(codes.CHANNELS_FULL, labels=labels)
    raise Refused(409, str(why), Source.API, why)


def _told_apart(channels: list[tuple[str, str]]) -> list[str]:
    """Each by its label, with its id where several have the same one, as other installations of ours have."""
    labels = [label for label, _ in channels]
    return [f"“{label}” ({id})" if labels.count(label) > 1 else f"“{label}”" for label, id in channels]


def _label(channel: JsonObject) -> str:
    subscribe = channel.get("subscribe")
    label = subscribe.get("label") if isinstance(subscribe, dict) else None
    return label if isinstance(label, str) else ""


def _shown(channel: JsonObject) -> str:
    """Its label, else its id."""
    label = " ".join(_label(channel).split())
    return label[:_LONGEST] or id_text(channel.get("id")) or "?"


def _open_part(target: str) -> str:
    return target.partition("?")[0].rstrip("/").rpartition("/")[0]
