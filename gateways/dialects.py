"""The client for each dialect."""

from gateways.interface import Account, GatewayClient, Refused
from gateways.v3 import V3Client

CLIENTS = {"v3": V3Client}


def client(account: Account) -> GatewayClient:
    """The client for the account's dialect. It may be kept, but belongs to one thread."""
    if account.dialect not in CLIENTS:
        raise Refused(501, f"No gateway speaks the dialect {account.dialect} yet.")
    return CLIENTS[account.dialect](account)
