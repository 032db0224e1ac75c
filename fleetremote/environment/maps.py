"""Where maps take their tiles from: TILE_URL (docs/settings.md), and what a page may load for them."""

import re
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

# What Leaflet puts in the place of {s}.
_SUBDOMAINS = "abc"
_NEEDED = ("{z}", "{x}", "{y}")
_HOST = re.compile(r"[A-Za-z0-9.{}:\[\]-]+")
_KNOWN = {*_NEEDED, "{s}", "{r}", "{-y}"}


def tile_sources(url: str) -> list[str]:
    """The hosts of a tile URL as a Content-Security-Policy names them; none for our own host, or without a URL.

    Raises ImproperlyConfigured where it is no template such as https://tile.example.com/{z}/{x}/{y}.png.
    """
    if not url:
        return []
    parts = urlsplit(url)
    placeholders = set(re.findall(r"\{[^}]*\}", url))
    is_address = parts.scheme in ("http", "https") and bool(_HOST.fullmatch(parts.netloc))
    is_whole = all(name in url or (name == "{y}" and "{-y}" in url) for name in _NEEDED) and placeholders <= _KNOWN
    if not is_whole or not (is_address or (url.startswith("/") and not parts.netloc)):
        raise ImproperlyConfigured(f"TILE_URL is {url!r}; write it as https://tile.example.com/{{z}}/{{x}}/{{y}}.png.")
    if not parts.netloc:
        return []
    hosts = [parts.netloc.replace("{s}", name) for name in _SUBDOMAINS] if "{s}" in parts.netloc else [parts.netloc]
    return [f"{parts.scheme}://{host}" for host in hosts]


def checked_map_link(url: str) -> str:
    """The address of a map with {lat} and {lon} in it, or nothing. Raises ImproperlyConfigured for another one."""
    is_address = urlsplit(url).scheme in ("http", "https", "geo") and "{lat}" in url and "{lon}" in url
    if url and not is_address:
        example = "https://map.example.com/?lat={lat}&lon={lon}"
        raise ImproperlyConfigured(f"MAP_LINK_URL is {url!r}; write it as {example}.")
    return url
