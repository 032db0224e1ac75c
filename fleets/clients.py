"""Gateway clients for our gateways' rows: one a thread and account, so that connections are used again."""

import threading
from collections.abc import Callable

from django.conf import settings

from fleets.models import Gateway
from fleets.models.gateway import Credentials
from fleets.tokens.store import GatewayTokens
from gateways.dialects import client
from gateways.interface import Account, Exchange, GatewayClient, Leave, Observer

_local = threading.local()

_watchers: list[Callable[[Gateway], GatewayClient]] = []


def watch(client_of: Callable[[Gateway], GatewayClient]) -> None:
    """Have requests that this room makes of its own accord go by such a client; call it from an AppConfig's ready()."""
    _watchers.append(client_of)


def watched_client(gateway: Gateway) -> GatewayClient:
    """The client for what fleets themselves ask, under the eyes of whoever watches the gateways."""
    return _watchers[-1](gateway) if _watchers else client_for(gateway)


def client_for(gateway: Gateway, observe: Observer | None = None, leave: Leave | None = None) -> GatewayClient:
    """The client with the gateway's present credentials. Raises Refused where nothing speaks its dialect.

    `observe` is told of each request that is sent through the client given back, and of no other; `leave` is asked
    before.
    """
    account = account_of(gateway)
    clients: dict[int, tuple[Account, GatewayClient]] = _local.__dict__.setdefault("clients", {})
    kept = clients.get(gateway.pk)
    if kept is None or kept[0] != account:
        kept = clients[gateway.pk] = (account, client(account, GatewayTokens(gateway.pk, account)))
    return kept[1] if observe is None else kept[1].observed_by(_without_tokens(observe), leave)


def _without_tokens(observe: Observer) -> Observer:
    """Of the requests for access tokens an observer is told of those alone that give none: so nothing was sent."""

    def told(exchange: Exchange) -> None:
        is_over = exchange.duration is not None
        if exchange.counts or (is_over and (exchange.status is None or exchange.source is not None)):
            observe(exchange)

    return told


def account_of(gateway: Gateway, credentials: Credentials | None = None) -> Account:
    """The gateway's account, with its present credentials or with the given ones."""
    used = credentials or gateway
    return Account(
        dialect=gateway.dialect,
        base_url=gateway.base_url,
        client_id=used.client_id,
        username=used.username,
        password=used.password,
        certificate=used.certificate,
        private_key=used.private_key,
        ca_bundle=used.ca_bundle,
        proxy=used.proxy,
        token_url=used.token_url,
        client_secret=used.client_secret,
        scopes=used.scopes,
        name=gateway.name,
        connect_timeout=settings.GATEWAY_CONNECT_TIMEOUT,
        read_timeout=settings.GATEWAY_READ_TIMEOUT,
        total_timeout=settings.GATEWAY_TIMEOUT,
    )
