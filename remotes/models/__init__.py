from remotes.models.action import OPEN_STATES, RemoteAction
from remotes.models.event import InboundRequest, RemoteEvent

__all__ = ["OPEN_STATES", "InboundRequest", "RemoteAction", "RemoteEvent"]
