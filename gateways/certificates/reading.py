"""Reads client certificates, their keys and CA bundles from files as people have them: PEM, DER, PKCS #12."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID

from gateways.certificates import codes
from protocol.why import SaysWhy, Why

# Bytes of a file with certificates or keys. All public CAs together are a quarter of that.
LARGEST_FILE = 1024 * 1024
FEWEST_BITS = 2048
# Labels of PEM that begin and don't end; a file of certificates has none.
MOST_ENDLESS = 20

Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey | ed448.Ed448PrivateKey

_BEGIN = re.compile(rb"-----BEGIN ([A-Z0-9 ]{1,40})-----")
_PKCS12 = re.compile(rb"\x30(?:[\x00-\x80]|\x81.|\x82..|\x83...|\x84....)\x02\x01\x03", re.DOTALL)
_CERTIFICATES = {b"CERTIFICATE", b"TRUSTED CERTIFICATE", b"X509 CERTIFICATE"}
_REQUESTS = {b"CERTIFICATE REQUEST", b"NEW CERTIFICATE REQUEST"}
# An X.509 version, a serial number or a date that the standard does not allow is found only when it is looked at.
_ERRORS = (ValueError, TypeError, UnsupportedAlgorithm, x509.InvalidVersion, x509.DuplicateExtension)


class BadCertificate(SaysWhy):
    """A certificate, key or bundle that can't be used."""


@dataclass(frozen=True)
class Described:
    """What is shown of a certificate: names as RFC 4514 writes them (CN=…,O=…), moments in UTC."""

    subject: str
    issuer: str
    not_before: datetime
    not_after: datetime


@dataclass(frozen=True)
class Identity(Described):
    """Who we are: `certificate` in PEM, our own first, then its chain in order; `private_key` in PEM, not encrypted."""

    certificate: str
    private_key: str


def read_pem(
    certificate: str | bytes, key: str | bytes, password: str | None = None, now: datetime | None = None
) -> Identity:
    """The certificate, with its chain if that is there in whatever order, and its key; PEM or DER.

    With `key` empty it is looked for beside the certificate. Without `now` the dates are not looked at. Raises
    BadCertificate.
    """
    certificates = read_certificates(certificate)
    return _identity(_read_key(_bytes(key) or _bytes(certificate), password), certificates, now)


def read_pkcs12(content: bytes, password: str | None, now: datetime | None = None) -> Identity:
    """The same from a PKCS #12 file. Raises BadCertificate."""
    _check_size(content)
    if not is_pkcs12(content):
        raise _bad(codes.NOT_PKCS12)
    try:
        store = _opened(content, password)
    except UnsupportedAlgorithm:
        raise _bad(codes.PKCS12_OLD) from None
    except _ERRORS:
        raise _bad(codes.PKCS12_WRONG_PASSWORD if password else codes.PKCS12_NEEDS_PASSWORD) from None
    if store.key is None:
        raise _bad(codes.PKCS12_NO_KEY)
    own = [store.cert.certificate] if store.cert else []
    certificates = [*own, *(additional.certificate for additional in store.additional_certs)]
    if not certificates:
        raise _bad(codes.NO_CERTIFICATE)
    return _identity(_usable(store.key), certificates, now)


def _opened(content: bytes, password: str | None) -> pkcs12.PKCS12KeyAndCertificates:
    if password:
        return pkcs12.load_pkcs12(content, password.encode())
    try:
        return pkcs12.load_pkcs12(content, None)
    except ValueError:
        # No password and an empty one are two things here.
        return pkcs12.load_pkcs12(content, b"")


def describe(certificate: str | bytes) -> Described:
    """What the first certificate is: for one that was stored, ours is. Raises BadCertificate."""
    return described(read_certificates(certificate)[0])


def read_ca_bundle(bundle: str | bytes) -> list[tuple[str, datetime]]:
    """Subject and end of each CA. Raises BadCertificate, also where a certificate is no CA's."""
    found = read_certificates(bundle)
    for certificate in found:
        if not _is_ca(certificate) and not is_issued_by(certificate, certificate):
            about = described(certificate)
            raise _bad(codes.NOT_A_CA, subject=about.subject, issuer=about.issuer)
    return [(described(certificate).subject, certificate.not_valid_after_utc) for certificate in found]


def as_pem(certificates: str | bytes) -> str:
    """All certificates, as they are stored: PEM and nothing between them. Raises BadCertificate."""
    return _pem(read_certificates(certificates))


def read_certificates(content: str | bytes) -> list[x509.Certificate]:
    """All certificates, one at least: PEM with whatever stands between, or one in DER. Raises BadCertificate."""
    content = _bytes(content)
    _check_size(content)
    blocks = _blocks(content)
    pems = [block for label, block in blocks if label in _CERTIFICATES]
    if not pems and any(label in _REQUESTS for label, _ in blocks):
        raise _bad(codes.IS_REQUEST)
    if not pems and is_pkcs12(content):
        raise _bad(codes.IS_PKCS12)
    if not pems and not content.startswith(b"\x30"):
        raise _bad(codes.UNREADABLE_CERTIFICATE if b"-----BEGIN CERTIFICATE-----" in content else codes.NO_CERTIFICATE)
    try:
        found = [x509.load_pem_x509_certificate(pem) for pem in pems] or [x509.load_der_x509_certificate(content)]
        for certificate in found:
            _look_through(certificate)
    except _ERRORS:
        raise _bad(codes.UNREADABLE_CERTIFICATE if pems else codes.NO_CERTIFICATE) from None
    return list(dict.fromkeys(found))


def name_of(name: x509.Name) -> str:
    return name.rfc4514_string() or "-"


def day_of(moment: datetime) -> str:
    """A day as it stands in words of any language."""
    return f"{moment:%Y-%m-%d}"


def _blocks(content: bytes) -> list[tuple[bytes, bytes]]:
    """All of PEM with their labels (RFC 7468). In time with their length, whatever somebody has written."""
    found, place, endless = [], 0, set[bytes]()
    while len(endless) < MOST_ENDLESS and (begin := _BEGIN.search(content, place)) is not None:
        label = begin.group(1)
        end = b"-----END " + label + b"-----"
        # What has no end from here on has none further on either.
        at = -1 if label in endless else content.find(end, begin.end())
        if at < 0:
            endless.add(label)
            place = begin.end()
            continue
        place = at + len(end)
        found.append((label, content[begin.start() : place]))
    return found


def _bytes(content: str | bytes) -> bytes:
    return content.encode(errors="replace") if isinstance(content, str) else content


def _bad(code: str, **values: str | int) -> BadCertificate:
    return BadCertificate(Why(code, **values))


def _check_size(content: bytes) -> None:
    if len(content) > LARGEST_FILE:
        raise _bad(codes.TOO_LARGE, most=LARGEST_FILE)


def is_pkcs12(content: bytes) -> bool:
    """Whether it begins as one does: a sequence (of whatever length) with the version 3."""
    return (
        re.match(rb"\x30(?:[\x00-\x7f]|\x80|\x81.|\x82..|\x83...|\x84....)\x02\x01\x03", content, re.DOTALL) is not None
    )


def _look_through(certificate: x509.Certificate) -> None:
    """Raise now whatever its parts raise when they are looked at."""
    described(certificate)
    certificate.public_key()
    _is_ca(certificate)
    _is_for_clients(certificate)


def described(certificate: x509.Certificate) -> Described:
    return Described(
        subject=name_of(certificate.subject),
        issuer=name_of(certificate.issuer),
        not_before=certificate.not_valid_before_utc,
        not_after=certificate.not_valid_after_utc,
    )


def _read_key(content: bytes, password: str | None) -> Key:
    _check_size(content)
    pem = next((block for label, block in _blocks(content) if label.endswith(b"PRIVATE KEY")), None)
    if pem is None and (not content.startswith(b"\x30") or is_pkcs12(content)):
        raise _bad(codes.UNREADABLE_KEY if b"PRIVATE KEY-----" in content else codes.NO_KEY)
    given = password.encode() if password else None
    try:
        return _usable(_load_key(pem, content, given))
    except UnsupportedAlgorithm:
        raise _bad(codes.KIND_OF_KEY) from None
    except TypeError:
        # Either it needs a password, or it needs none.
        if given is None:
            raise _bad(codes.NEEDS_PASSWORD) from None
    except ValueError:
        is_encrypted = pem is not None and b"ENCRYPTED" in pem[:200]
        is_key = pem is not None
        raise _bad(codes.WRONG_PASSWORD if is_encrypted else codes.UNREADABLE_KEY if is_key else codes.NO_KEY) from None
    return _read_key(content, None)


def _load_key(pem: bytes | None, content: bytes, password: bytes | None) -> object:
    if pem is not None:
        return serialization.load_pem_private_key(pem, password)
    return serialization.load_der_private_key(content, password)


def _usable(key: object) -> Key:
    if not isinstance(key, Key):
        raise _bad(codes.KIND_OF_KEY)
    return key


def _identity(key: Key, certificates: list[x509.Certificate], now: datetime | None) -> Identity:
    leaf = _leaf(key, certificates)
    about = described(leaf)
    _check_strength(key, leaf)
    if not _is_for_clients(leaf):
        raise _bad(codes.NOT_FOR_CLIENTS, subject=about.subject)
    if now is not None:
        check_dates(about, now)
    private_key = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return Identity(
        certificate=_pem(_chain(leaf, certificates)), private_key=private_key.decode("ascii"), **vars(about)
    )


def check_dates(about: Described, now: datetime) -> None:
    """Raise BadCertificate where it is not valid at that moment."""
    if now > about.not_after:
        raise _bad(codes.CLIENT_EXPIRED, subject=about.subject, end=day_of(about.not_after))
    if now < about.not_before:
        raise _bad(codes.CLIENT_NOT_YET, subject=about.subject, start=day_of(about.not_before))


def _leaf(key: Key, certificates: list[x509.Certificate]) -> x509.Certificate:
    """The certificate that the key belongs to, whatever it says that it is."""
    ours = [certificate for certificate in certificates if certificate.public_key() == key.public_key()]
    others = [certificate for certificate in certificates if not _is_ca(certificate) and certificate not in ours]
    if len(ours) > 1 or (ours and others):
        raise _bad(codes.SEVERAL_LEAVES, subjects=_subjects([*ours, *others]))
    if ours:
        return ours[0]
    if others:
        raise _bad(codes.KEY_DOES_NOT_FIT, subject=_subjects(others))
    raise _bad(codes.NO_LEAF, subjects=_subjects(certificates))


def _chain(leaf: x509.Certificate, certificates: list[x509.Certificate]) -> list[x509.Certificate]:
    """From the leaf up, all of them: a certificate that leads nowhere says that one is missing."""
    chain, left = [leaf], [certificate for certificate in certificates if certificate != leaf]
    while (above := next((other for other in left if is_issued_by(chain[-1], other)), None)) is not None:
        chain.append(above)
        left.remove(above)
    if left:
        raise _bad(codes.CHAIN_BROKEN, subject=name_of(left[0].subject), missing=name_of(chain[-1].issuer))
    return chain


def _check_strength(key: Key, leaf: x509.Certificate) -> None:
    if isinstance(key, rsa.RSAPrivateKey) and key.key_size < FEWEST_BITS:
        raise _bad(codes.WEAK_KEY, bits=key.key_size)
    hash_ = leaf.signature_hash_algorithm
    if hash_ is not None and hash_.name in ("md5", "sha1"):
        raise _bad(codes.WEAK_SIGNATURE, subject=name_of(leaf.subject), hash=hash_.name.upper())


def _is_ca(certificate: x509.Certificate) -> bool:
    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except x509.ExtensionNotFound:
        return False


def _is_for_clients(certificate: x509.Certificate) -> bool:
    try:
        usage = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except x509.ExtensionNotFound:
        return True
    return ExtendedKeyUsageOID.CLIENT_AUTH in usage or ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE in usage


def is_issued_by(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(issuer)
    except (InvalidSignature, *_ERRORS):
        return False
    return True


def _subjects(certificates: Iterable[x509.Certificate]) -> str:
    return "; ".join(name_of(certificate.subject) for certificate in certificates)


def _pem(certificates: Iterable[x509.Certificate]) -> str:
    return "".join(certificate.public_bytes(serialization.Encoding.PEM).decode("ascii") for certificate in certificates)
