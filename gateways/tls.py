"""TLS towards the manufacturer's cloud: whom we trust, and the certificate by which the cloud knows us."""

import os
import secrets
import ssl
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

import requests
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)
from requests.utils import DEFAULT_CA_BUNDLE_PATH

from gateways.interface import Account

# What a server says that does not take our certificate, or wants one: it has not read what we asked.
REFUSALS = frozenset(
    {
        "SSLV3_ALERT_BAD_CERTIFICATE",
        "SSLV3_ALERT_CERTIFICATE_EXPIRED",
        "SSLV3_ALERT_CERTIFICATE_REVOKED",
        "SSLV3_ALERT_CERTIFICATE_UNKNOWN",
        "SSLV3_ALERT_NO_CERTIFICATE",
        "SSLV3_ALERT_UNSUPPORTED_CERTIFICATE",
        "TLSV13_ALERT_CERTIFICATE_REQUIRED",
        "TLSV1_ALERT_ACCESS_DENIED",
        "TLSV1_ALERT_UNKNOWN_CA",
        "TLSV1_BAD_CERTIFICATE_STATUS_RESPONSE",
    }
)


class Unusable(requests.RequestException):
    """Certificate, key or authorities that can't be used, so nothing was sent; the text says why, without secrets."""


def context(account: Account) -> ssl.SSLContext:
    """TLS 1.2 or newer, with the account's authorities and certificate. Raises Unusable."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    made.set_alpn_protocols(["http/1.1"])
    # Some servers want our certificate only when they have read which path is asked for.
    made.post_handshake_auth = True
    try:
        if account.ca_bundle:
            made.load_verify_locations(cadata=account.ca_bundle)
        else:
            made.load_verify_locations(DEFAULT_CA_BUNDLE_PATH)
        if account.certificate:
            _load(made, account.certificate, account.private_key)
    except ssl.SSLError as error:
        raise Unusable(str(error.reason or error)) from error
    return made


def is_refusal(error: BaseException | None) -> bool:
    """Whether the server refused our certificate, or that there was none, in the TLS layer (RFC 8446, 6.2)."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        if isinstance(error, ssl.SSLError) and getattr(error, "reason", None) in REFUSALS:
            return True
        inner = [argument for argument in error.args if isinstance(argument, BaseException)]
        error = error.__cause__ or error.__context__ or (inner[0] if inner else getattr(error, "reason", None))
        if not isinstance(error, BaseException):
            return False
    return False


def _load(made: ssl.SSLContext, certificate: str, private_key: str) -> None:
    """Python takes a key from a file only: it lies there encrypted, for as long as it is read."""
    try:
        key = load_pem_private_key(private_key.encode(), password=None)
    except (ValueError, TypeError) as error:
        raise Unusable("the key can't be read") from error
    password = secrets.token_bytes(32)
    hidden = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(password.hex().encode()))
    with _file(certificate.rstrip().encode() + b"\n" + hidden) as path:
        made.load_cert_chain(path, password=password.hex())


@contextmanager
def _file(content: bytes) -> Iterator[str]:
    descriptor, path = tempfile.mkstemp(prefix="fleetremote-")
    try:
        with open(descriptor, "wb") as file:
            file.write(content)
        yield path
    finally:
        os.unlink(path)
