"""Gateway clients for our gateways' rows: one a thread and account, so that connections are used again."""

import threading

from django.conf import settings

from fleets.models import Gateway
from gateways.dialects import client
from gateways.interface import Account, GatewayClient

_local = threading.local()


def client_for(gateway: Gateway) -> GatewayClient:
    """The client with the gateway's present credentials. Raises Refused where nothing speaks its dialect."""
    account = Account(
        dialect=gateway.dialect,
        base_url=gateway.base_url,
        client_id=gateway.client_id,
        username=gateway.username,
        password=gateway.password,
        connect_timeout=settings.GATEWAY_CONNECT_TIMEOUT,
        read_timeout=settings.GATEWAY_READ_TIMEOUT,
    )
    clients: dict[int, tuple[Account, GatewayClient]] = _local.__dict__.setdefault("clients", {})
    kept = clients.get(gateway.pk)
    if kept is None or kept[0] != account:
        kept = clients[gateway.pk] = (account, client(account))
    return kept[1]
