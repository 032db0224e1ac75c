"""A body that is registered anew, with the secrets that its sender was shown masked."""

from callbacks.models import Callback
from protocol import v1, v3
from protocol.canonical import JsonObject, Subscribe
from protocol.canonical.masked import with_kept


def kept(subscribe: Subscribe, callback: Callback | None = None) -> Subscribe:
    """What is to be registered by v3, with the secrets of the callback as it is in place of masks.

    Raises Invalid for a mask that stands for nothing.
    """
    callback_part = subscribe.document["callback"]
    webhook = with_kept(callback_part["webhook"], callback.webhook if callback else None, "callback.webhook")
    if webhook is callback_part["webhook"]:
        return subscribe
    return v3.decode_subscribe({**subscribe.document, "callback": {**callback_part, "webhook": webhook}})


def kept_of_channel(document: JsonObject, webhook: JsonObject | None = None) -> JsonObject:
    """The same of a ChannelSubscribe of v1; `webhook` is the channel's as it is."""
    channel = document["channel"]
    filled = with_kept(channel["webhook"], webhook, "channel.webhook")
    return document if filled is channel["webhook"] else v1.read_subscribe({**document, "channel": {"webhook": filled}})
