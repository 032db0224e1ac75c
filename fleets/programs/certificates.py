"""SHA-256 fingerprints of client certificates, as people enter them and as proxies hand them on."""

import base64
import binascii
import hashlib
import re
from urllib.parse import unquote

SHOWN = "fleetremote.client_certificate"
"""In a request's environment: the fingerprint of the certificate that was shown to a trusted proxy. No header of a
request has such a name, so that nobody outside can write it.
"""

LONGEST = 32 * 1024
"""Characters: a certificate of 4096-bit keys has less than 4,000."""

_DIGITS = re.compile(
    r"(?:sha-?256(?: fingerprint)?\s*[=:]\s*)?([0-9a-f]{64}|[0-9a-f]{2}(?:[: ][0-9a-f]{2}){31})", re.IGNORECASE
)
_PEM = re.compile(r"(?:-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----\s*)")


def fingerprint_of(text: str) -> str:
    """64 small hexadecimal digits; empty where the text is none of these: the certificate as RFC 9440 has it (DER in
    Base64 between colons), as PEM (also percent-encoded, as nginx does), or its SHA-256 in hexadecimal digits, with or
    without colons between them. Of several certificates the first counts, which is the client's own.
    """
    text = text.strip()
    if not text or len(text) > LONGEST:
        return ""
    plain = unquote(text) if "%" in text else text
    chain = _PEM.findall(plain)
    # Nothing else may stand there: a proxy that adds to what the asker has sent would put two beside each other.
    if chain and not _PEM.sub("", plain).strip():
        return _of_base64("".join(chain[0].split()))
    digits = _DIGITS.fullmatch(text)
    if digits:
        return digits[1].replace(":", "").replace(" ", "").lower()
    if len(text) > 2 and text.startswith(":") and text.endswith(":"):
        return _of_base64(text[1:-1])
    return ""


def _of_base64(text: str) -> str:
    try:
        der = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return ""
    # A certificate is a SEQUENCE (X.690): what is not is no certificate, whatever the proxy has sent.
    return hashlib.sha256(der).hexdigest() if der[:1] == b"\x30" else ""
