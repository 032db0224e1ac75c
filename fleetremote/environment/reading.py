"""Variables as texts, flags, numbers, lists and networks. Each raises ImproperlyConfigured that names the variable."""

import os
import re
from ipaddress import ip_network

from django.core.exceptions import ImproperlyConfigured

from fleetremote.environment.given import given


def optional(name: str) -> str | None:
    """The variable NAME, or the text of the file that NAME_FILE names."""
    try:
        return given(name)
    except ValueError as error:
        raise ImproperlyConfigured(str(error)) from error


def required(name: str) -> str:
    """As `optional`; a missing one fails loudly."""
    found = optional(name)
    if found is not None:
        return found
    raise ImproperlyConfigured(f"{name} is not set. Set it, or {name}_FILE, or run through script/manage.")


def flag(name: str) -> bool:
    """Whether it says yes; no where it is not there."""
    text = os.environ.get(name, "").strip().lower()
    if text in {"1", "true", "yes", "on"}:
        return True
    if text in {"", "0", "false", "no", "off"}:
        return False
    raise ImproperlyConfigured(f"{name} is neither yes nor no. Write one of 1, true, yes, on, 0, false, no or off.")


def number(name: str, default: int) -> int:
    """A whole number, not below 0."""
    text = os.environ.get(name, str(default)).strip()
    if text.isascii() and text.isdigit():
        return int(text)
    raise ImproperlyConfigured(f"{name} is {text!r}. Write a whole number, such as {default}.")


def items(name: str) -> list[str]:
    """What stands between commas."""
    return [item.strip() for item in os.environ.get(name, "").split(",") if item.strip()]


def networks(name: str) -> list[str]:
    """Networks of IPv4 or IPv6, with commas between."""
    try:
        return [str(ip_network(item)) for item in items(name)]
    except ValueError as error:
        raise ImproperlyConfigured(f"{name}: {error}. Write networks such as 10.1.0.0/16 or fd00::/8.") from error


def proxies(name: str) -> list[str]:
    """Networks that are believed when they say whose request it is: never all of the world."""
    found = networks(name)
    if all_of_them := [network for network in found if network.endswith("/0")]:
        raise ImproperlyConfigured(
            f"{name}: {all_of_them[0]} is everybody, so that anybody could take any address. Name your proxies alone."
        )
    return found


def header_name(name: str) -> str:
    """The name of a header of HTTP; empty without one."""
    text = os.environ.get(name, "").strip()
    if text and not re.fullmatch(r"[A-Za-z0-9-]+", text):
        raise ImproperlyConfigured(f"{name} is {text!r}. Write the name of a header, such as Client-Cert.")
    return text
