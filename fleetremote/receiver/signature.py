"""Verifies a webhook's signature as any subscriber would (Standard Webhooks 1.0, symmetric signatures)."""

import base64
import binascii
import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

PREFIX = "whsec_"

# Seconds that a timestamp may lie in the past or in the future.
TOLERANCE = 300


@dataclass(frozen=True)
class Verdict:
    """`why` says in words what is wrong; empty when it is verified."""

    verified: bool
    why: str = ""


def read_secret(text: str) -> bytes:
    """The key of a secret as it is handed out, `whsec_` and base64. Raises ValueError that does not repeat it."""
    try:
        key = base64.b64decode(text.strip().removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not key:
        raise ValueError(f"a secret is {PREFIX} followed by base64")
    return key


def verify(keys: Iterable[bytes], headers: Mapping[str, str], body: bytes, now: float) -> Verdict:
    """Whether one of `keys` signed the body; `headers` have lower-case names, `now` is in seconds since 1970."""
    for name in ("webhook-id", "webhook-timestamp", "webhook-signature"):
        if not headers.get(name):
            return Verdict(False, f"there is no {name} header")
    timestamp = headers["webhook-timestamp"]
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) < 12):
        return Verdict(False, "the timestamp is not a number of seconds")
    age = now - int(timestamp)
    if abs(age) > TOLERANCE:
        return Verdict(False, f"the timestamp is {abs(age):.0f} seconds {'old' if age > 0 else 'in the future'}")
    content = _bytes(f"{headers['webhook-id']}.{timestamp}.") + body
    given = [_bytes(signature) for signature in headers["webhook-signature"].split()]
    for key in keys:
        right = b"v1," + base64.b64encode(hmac.digest(key, content, "sha256"))
        if any(hmac.compare_digest(right, signature) for signature in given):
            return Verdict(True)
    return Verdict(False, "the signature is of no secret that this receiver knows")


def _bytes(text: str) -> bytes:
    """A header's text as the bytes that came."""
    return text.encode("utf-8", "surrogateescape")
