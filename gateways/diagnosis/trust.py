"""Their certificate: what it is, and why it is not trusted; and every other way that a handshake can fail."""

import ssl
from datetime import datetime

from cryptography import x509
from cryptography.x509.oid import AuthorityInformationAccessOID

from gateways import certificates
from gateways.certificates.reading import day_of, described, is_issued_by
from gateways.diagnosis import codes
from gateways.diagnosis.streams import Seen
from protocol.why import Why

# X509_V_ERR_… of OpenSSL.
_EXPIRED, _NOT_YET = 10, 9
_NO_ISSUER = {2, 18, 19, 20, 21}
_NAME = {62, 63, 64}
_WEAK = {66, 67, 68}

# Alerts (RFC 8446, 6).
_HANDSHAKE_FAILURE, _PROTOCOL_VERSION, _INSUFFICIENT_SECURITY, _UNRECOGNIZED_NAME = 40, 70, 71, 112
_OLD = ("UNSUPPORTED_PROTOCOL", "VERSION_TOO_LOW", "TLSV1_ALERT_PROTOCOL_VERSION", "WRONG_SSL_VERSION")
_OLD_KINDS = ("TOO_SMALL", "LEGACY", "WRONG_CIPHER", "UNKNOWN_CIPHER", "NO_CIPHERS", "WRONG_SIGNATURE_TYPE")
_MOST_NAMES = 10


def found(seen: Seen, version: str) -> Why:
    """What is told of a certificate that is trusted."""
    kind = version.replace("TLSv", "TLS ")
    chain = _read(seen)
    if not chain:
        return Why(codes.TLS_FINE, version=kind, subject="-", issuer="-", end="-")
    about = described(chain[0])
    return Why(codes.TLS_FINE, version=kind, subject=about.subject, issuer=about.issuer, end=day_of(about.not_after))


def not_trusted(error: ssl.SSLCertVerificationError, seen: Seen, host: str, bundle: str, now: datetime) -> Why:
    """Why we don't trust their certificate."""
    chain, number = _read(seen), error.verify_code
    if not chain:
        return Why(codes.NOT_TRUSTED, subject="-", words=error.verify_message)
    about = described(chain[0])
    if number == _EXPIRED:
        return _expired(chain, bundle, now)
    if number == _NOT_YET:
        early = next((each for each in map(described, chain) if each.not_before > now), about)
        return Why(codes.THEIRS_NOT_YET, subject=early.subject, start=day_of(early.not_before))
    if number in _NAME:
        return Why(codes.NAME_MISMATCH, host=host, names=names(chain[0]))
    if number in _NO_ISSUER:
        return _no_issuer(chain, bundle)
    if number in _WEAK:
        return Why(codes.THEIRS_WEAK, subject=about.subject)
    return Why(codes.NOT_TRUSTED, subject=about.subject, words=error.verify_message)


def not_shaken(error: OSError, seen: Seen, beginning: bytes, host: str, port: int) -> Why:
    """Why there is no TLS at all, where it is not for a certificate."""
    if beginning[:1] == b"<" or beginning[:5] == b"HTTP/":
        return Why(codes.PLAIN_HTTP, port=str(port))
    reason = getattr(error, "reason", None) or ""
    if isinstance(error, TimeoutError):
        return Why(codes.TLS_SLOW)
    if seen.alert == _PROTOCOL_VERSION or reason in _OLD or any(kind in reason for kind in _OLD_KINDS):
        return Why(codes.TLS_OLD, words=plain(reason))
    if seen.alert in (_HANDSHAKE_FAILURE, _INSUFFICIENT_SECURITY) and not seen.certificates:
        return Why(codes.TLS_NOTHING_IN_COMMON)
    if seen.alert == _UNRECOGNIZED_NAME:
        return Why(codes.TLS_NAME_NOT_SERVED, host=host)
    if seen.alert is not None:
        return Why(codes.TLS_ALERT, words=plain(reason))
    if beginning and beginning[0] not in range(20, 25):
        return Why(codes.NOT_TLS, port=str(port))
    if isinstance(error, ssl.SSLEOFError | ssl.SSLZeroReturnError | ConnectionError) or "UNEXPECTED_EOF" in reason:
        return Why(codes.TLS_CUT)
    return Why(codes.TLS_FAILED, words=plain(reason) or type(error).__name__)


def plain(reason: str) -> str:
    """What OpenSSL calls it, as words."""
    return reason.lower().replace("_", " ")


def names(certificate: x509.Certificate) -> str:
    """The hosts that a certificate is for."""
    try:
        listed = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        found = [*listed.get_values_for_type(x509.DNSName)]
        found += [str(address) for address in listed.get_values_for_type(x509.IPAddress)]
    except (x509.ExtensionNotFound, ValueError):
        found = []
    more = ["…"] if len(found) > _MOST_NAMES else []
    return ", ".join([*found[:_MOST_NAMES], *more]) or described(certificate).subject


def _expired(chain: list[x509.Certificate], bundle: str, now: datetime) -> Why:
    over = next((each for each in map(described, chain) if each.not_after < now), None)
    if over is not None:
        return Why(codes.THEIRS_EXPIRED, subject=over.subject, end=day_of(over.not_after))
    ended = [subject for subject, end in _bundle(bundle) if end < now]
    return Why(codes.BUNDLE_EXPIRED, subjects="; ".join(ended) or "-")


def _no_issuer(chain: list[x509.Certificate], bundle: str) -> Why:
    """The last of the chain that they sent leads to nobody whom we know."""
    leaf, last = chain[0], _last(chain)
    if leaf.issuer == leaf.subject:
        return Why(codes.SELF_SIGNED, subject=described(leaf).subject)
    issuer, url = described(last).issuer, _issuer_url(last)
    if url and last.issuer != last.subject:
        return Why(codes.CHAIN_INCOMPLETE, issuer=issuer, url=url)
    if bundle:
        subjects = "; ".join([subject for subject, _ in _bundle(bundle)][:_MOST_NAMES])
        return Why(codes.NOT_OF_BUNDLE, issuer=issuer, subjects=subjects)
    return Why(codes.UNKNOWN_CA, issuer=issuer)


def _last(chain: list[x509.Certificate]) -> x509.Certificate:
    """Up from their own, in whatever order they came."""
    last, left = chain[0], chain[1:]
    while (above := next((each for each in left if is_issued_by(last, each)), None)) is not None:
        left.remove(above)
        last = above
    return last


def _issuer_url(certificate: x509.Certificate) -> str:
    """Where its issuer's certificate can be had, as all public CAs say."""
    try:
        access = certificate.extensions.get_extension_for_class(x509.AuthorityInformationAccess).value
    except (x509.ExtensionNotFound, ValueError):
        return ""
    places = [each.access_location for each in access if each.access_method == AuthorityInformationAccessOID.CA_ISSUERS]
    urls = [str(place.value) for place in places if isinstance(place, x509.UniformResourceIdentifier)]
    return next((url[:200] for url in urls if url.startswith("http")), "")


def _bundle(bundle: str) -> list[tuple[str, datetime]]:
    return certificates.read_ca_bundle(bundle) if bundle else []


def _read(seen: Seen) -> list[x509.Certificate]:
    """Their certificates, as far as they can be read."""
    chain = []
    for content in seen.certificates:
        try:
            certificate = x509.load_der_x509_certificate(content)
            described(certificate)
        except (ValueError, TypeError):
            break
        chain.append(certificate)
    return chain
