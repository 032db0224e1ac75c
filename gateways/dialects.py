"""The client for each dialect."""

from collections.abc import Callable

from gateways.interface import Account, GatewayClient, Refused
from gateways.tokens import TokenStore
from gateways.v1 import V1Client
from gateways.v3 import V3Client

CLIENTS: dict[str, Callable[[Account, TokenStore | None], GatewayClient]] = {
    "v3": lambda account, _: V3Client(account),
    "v1": V1Client,
}


def client(account: Account, tokens: TokenStore | None = None) -> GatewayClient:
    """The client for the account's dialect. It may be kept, but belongs to one thread.

    `tokens` keeps the account's access token, where the dialect has any; without it this client keeps its own.
    """
    if account.dialect not in CLIENTS:
        raise Refused(501, f"No gateway speaks the dialect {account.dialect}.")
    return CLIENTS[account.dialect](account, tokens)
