from callbacks.models.callback import Callback
from callbacks.models.channel import Channel
from callbacks.models.outbox import WAITING_STATES, Attempt, Batch, Delivery, Notification

__all__ = ["WAITING_STATES", "Attempt", "Batch", "Callback", "Channel", "Delivery", "Notification"]
