"""Which IP addresses are public: by a table of our own, since Python's `is_global` differs between versions."""

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_network

IPAddress = IPv4Address | IPv6Address

# Public IPv6 is 2000::/3 alone: loopback, ULA, link- and site-local, multicast, IPv4-compatible, NAT64 lie outside.
_PUBLIC_V6 = IPv6Network("2000::/3")
# IANA's special-purpose registries, and what else never is a subscriber.
_NOT_PUBLIC = [
    ip_network(network)
    for network in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",  # shared by a provider's customers (CGNAT)
        "127.0.0.0/8",
        "168.63.129.16/32",  # a cloud's own service, answered on its machines only
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",  # relays of 6to4
        "192.168.0.0/16",
        "198.18.0.0/15",  # benchmarks
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/3",  # multicast, reserved, broadcast
        "2001::/23",  # protocols of the IETF, Teredo among them
        "2001:db8::/32",
        "2002::/16",  # 6to4: an IPv4 address, and so maybe a private one, is inside
        "3fff::/20",  # documentation
    )
]


def plain(address: IPAddress) -> IPAddress:
    """The address itself, or the IPv4 address that an IPv4-mapped one (::ffff:0:0/96) stands for."""
    return (address.ipv4_mapped or address) if isinstance(address, IPv6Address) else address


def is_public(address: IPAddress) -> bool:
    """Whether anyone on the internet could be meant by the address; one with a zone never is."""
    address = plain(address)
    if isinstance(address, IPv6Address) and (address.scope_id or address not in _PUBLIC_V6):
        return False
    return not any(address in network for network in _NOT_PUBLIC)
