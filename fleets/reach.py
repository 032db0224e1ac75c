"""Whether a gateway can reach our webhook, judged by names and addresses alone: nothing is asked."""

from ipaddress import IPv4Address, IPv6Address, ip_address
from urllib.parse import urlsplit

from django.conf import settings

from fleets.models import Gateway

# From where a host can be reached, the narrowest first.
MACHINE, NETWORK, EVERYWHERE = range(3)

# Names that only a network of one's own knows (RFC 6762, RFC 8375, RFC 6761, and what ICANN keeps for such).
_INNER_ENDS = (".local", ".internal", ".lan", ".home", ".corp", ".intranet", ".home.arpa", ".test", ".invalid")


def unreachable_from(public_url: str, base_url: str) -> bool:
    """Whether what is at `base_url` can't reach `public_url`, which is for a machine or network that it is not in."""
    return _range(public_url) < _range(base_url)


def gateways_that_cannot_call_back() -> list[Gateway]:
    """Those that can't reach our webhook; what becomes of an action there is found out by asking."""
    # Without the secrets: a start says this before anybody can mend lost keys.
    gateways = Gateway.objects.only("name", "base_url")
    return [gateway for gateway in gateways if cannot_call_back(gateway)]


def cannot_call_back(gateway: Gateway) -> bool:
    return unreachable_from(settings.PUBLIC_URL, gateway.base_url)


def _range(url: str) -> int:
    """From where the host of an address can be reached."""
    host = (urlsplit(url).hostname or "").rstrip(".")
    try:
        return _range_of_address(ip_address(host.partition("%")[0]))
    except ValueError:
        pass
    if host == "localhost" or host.endswith(".localhost"):
        return MACHINE
    return NETWORK if "." not in host or host.endswith(_INNER_ENDS) else EVERYWHERE


def _range_of_address(address: IPv4Address | IPv6Address) -> int:
    address = getattr(address, "ipv4_mapped", None) or address
    if address.is_loopback or address.is_unspecified:
        return MACHINE
    return EVERYWHERE if address.is_global else NETWORK
