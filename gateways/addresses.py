"""Which addresses a gateway and its proxy may have, and where a connection may go.

Private networks are allowed, since a company's proxy is in one. Link-local addresses never are: there a computer in a
cloud finds its own credentials (metadata).
"""

import ipaddress
import re
import socket
from urllib.parse import SplitResult, urlsplit

from protocol.why import Why, code
from protocol.why import gettext_noop as _

LONGEST = 500

NO_ADDRESS = code("address-missing", _("There is no address. It looks like https://api.example.com/connectedcar/v3."))
TOO_LONG = code("address-too-long", _("The address is too long: %(most)s characters at the most."))
UNREADABLE = code(
    "address-unreadable", _("The address can't be read. It looks like https://api.example.com/connectedcar/v3.")
)
NOT_HTTPS = code(
    "address-not-https",
    _("The address must begin with https://, or the credentials would go over the net unencrypted."),
)
USER_INFO = code(
    "address-user-info",
    _("The address must hold no user name and no password. Enter them in their own fields and change the password."),
)
QUERY = code("address-query", _("The address must end before “%(mark)s”: what comes after it is added by FleetRemote."))
PATH = code("address-path", _("The path of the address can't be used: %(path)s. It looks like /connectedcar/v3."))
HOST = code(
    "address-host",
    _("The host in the address can't be used: %(host)s. Write its name, or its IP address in four decimal numbers."),
)
FORBIDDEN_HOST = code(
    "address-forbidden",
    _("%(host)s is reserved for the network itself, so that no manufacturer's cloud is there. Check the address."),
)
PORT = code("address-port", _("The port in the address can't be used. It is a number from 1 to 65535."))
PROXY = code("proxy-address", _("The proxy can't be used. It looks like http://proxy.example.com:3128."))
PROXY_BECAUSE = code("proxy-address-because", _("The proxy can't be used: %(why)s"))

# What can stand in an address without being read in two ways by two programs.
_CHARACTERS = re.compile(r"[A-Za-z0-9\-._~:/\[\]@!$&'()*+,;=%?#]+")
_HOST = re.compile(r"(?!-)[A-Za-z0-9_-]{1,63}(?:\.[A-Za-z0-9_-]{1,63})*\.?")
_PATH = re.compile(r"(?:/[A-Za-z0-9\-._~!$&'()*+,;=:@]+)*/?")

# Where computers in clouds find their own credentials.
_METADATA_NAMES = {"metadata", "metadata.google.internal", "metadata.goog", "instance-data"}
_METADATA = {
    ipaddress.ip_address(text)
    for text in ("100.100.100.200", "168.63.129.16", "192.0.0.192", "fd00:ec2::254", "fd20:ce::254")
}
_NAT64 = ipaddress.ip_network("64:ff9b::/96")

IP = ipaddress.IPv4Address | ipaddress.IPv6Address


def check_base_url(url: str, allow_http: bool) -> Why | None:
    """What is wrong with the address of a gateway, None for nothing. http is for a cloud on this computer."""
    parts = _split(url)
    if isinstance(parts, Why):
        return parts
    if parts.scheme.lower() not in (("https", "http") if allow_http else ("https",)):
        return Why(NOT_HTTPS)
    if parts.username is not None or parts.password is not None or "@" in parts.netloc:
        return Why(USER_INFO)
    for mark in "?#":
        if mark in url:
            return Why(QUERY, mark=mark)
    is_up = {".", ".."} & set(parts.path.split("/"))
    if not _PATH.fullmatch(parts.path) or is_up:
        return Why(PATH, path=parts.path[:100])
    return _check_host(parts)


def check_proxy_url(url: str) -> Why | None:
    """The same for a proxy: http or https, perhaps with user:password, and no path."""
    parts = _split(url)
    if isinstance(parts, Why) or parts.scheme.lower() not in ("http", "https"):
        return Why(PROXY)
    if parts.path not in ("", "/") or parts.query or parts.fragment:
        return Why(PROXY)
    found = _check_host(parts)
    return None if found is None else Why(PROXY_BECAUSE, why=found)


def is_forbidden(address: str) -> bool:
    """Whether no connection may go to this IP address, however it is written; also to what is none."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return True
    return any(_is_forbidden(each) for each in (ip, *_inside(ip)))


def _is_forbidden(ip: IP) -> bool:
    is_known = ip.is_link_local or ip.is_multicast or ip.is_unspecified or ip in _METADATA
    # 0.0.0.0/8 is this computer, 240.0.0.0/4 with the broadcast is nobody.
    return is_known or (ip.version == 4 and (ip.packed[0] == 0 or ip.packed[0] >= 240))


def _inside(ip: IP) -> list[IP]:
    """The IPv4 addresses that an IPv6 address stands for."""
    if isinstance(ip, ipaddress.IPv4Address):
        return []
    if ip == ipaddress.IPv6Address("::1"):
        return []
    found = [ip.ipv4_mapped, ip.sixtofour]
    if ip in _NAT64 or ip.packed[:12] == bytes(12):
        found.append(ipaddress.IPv4Address(ip.packed[12:]))
    return [each for each in found if each is not None]


def _split(url: str) -> SplitResult | Why:
    if not url:
        return Why(NO_ADDRESS)
    if len(url) > LONGEST:
        return Why(TOO_LONG, most=LONGEST)
    try:
        parts = urlsplit(url)
    except ValueError:
        return Why(UNREADABLE)
    if not _CHARACTERS.fullmatch(url) or not parts.netloc:
        return Why(UNREADABLE)
    return parts


def _check_host(parts: SplitResult) -> Why | None:
    host = (parts.hostname or "").rstrip(".")
    try:
        port = parts.port
    except ValueError:
        return Why(PORT)
    if port == 0:
        return Why(PORT)
    try:
        ip: IP | None = ipaddress.ip_address(host)
    except ValueError:
        ip = None
    if ip is None and (not _HOST.fullmatch(host) or _is_odd_ip(host)):
        return Why(HOST, host=host[:100])
    if (ip is not None and is_forbidden(host)) or host.lower() in _METADATA_NAMES:
        return Why(FORBIDDEN_HOST, host=host)
    return None


def _is_odd_ip(host: str) -> bool:
    """Octal, hexadecimal, short: what libraries read as an IP address, each in its own way."""
    try:
        socket.inet_aton(host)
    except OSError:
        return False
    return True
