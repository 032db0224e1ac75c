"""Certificates and keys as people have them in files: what is taken, and the words for what is not."""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import dsa, rsa
from cryptography.hazmat.primitives.serialization import NoEncryption, pkcs12
from hypothesis import given
from hypothesis import strategies as st

from gateways import certificates
from gateways.certificates import LARGEST_FILE, BadCertificate, Identity, read_pem, read_pkcs12
from gateways.certificates.reading import read_certificates
from tests.tls.authority import (
    NOW,
    Authority,
    Issued,
    key_pem,
    new_authority,
    new_key,
    pem_of,
    request_pem,
    self_signed,
)

ROOT = new_authority()
MIDDLE = ROOT.below("Example Issuing CA")
CLIENT = MIDDLE.client()
OTHER = ROOT.client("somebody-else")


def told(read: Callable[[], object]) -> str:
    with pytest.raises(BadCertificate) as caught:
        read()
    return str(caught.value.why)


def is_ours(identity: Identity, chain: list[Issued | Authority]) -> bool:
    names = [described.subject for described in map(certificates.describe, pems(identity.certificate))]
    return names == [issued.certificate.subject.rfc4514_string() for issued in chain] and "BEGIN PRIVATE KEY" in (
        identity.private_key
    )


def pems(text: str) -> list[str]:
    return [f"{part}-----END CERTIFICATE-----\n" for part in text.split("-----END CERTIFICATE-----\n") if part]


def test_a_certificate_with_its_chain_and_key_is_read() -> None:
    identity = read_pem(CLIENT.pem, CLIENT.key_pem, now=NOW)
    assert (identity.subject, identity.issuer) == ("CN=fleetremote", "CN=Example Issuing CA")
    assert identity.not_before < NOW < identity.not_after
    assert is_ours(identity, [CLIENT, MIDDLE])
    assert certificates.describe(identity.certificate).subject == "CN=fleetremote"


def test_the_chain_is_put_in_order_and_what_stands_between_is_left_out() -> None:
    text = (
        f"Bag Attributes\n{ROOT.root_pem}{MIDDLE.root_pem}\r\nsubject=us\n{pem_of(CLIENT.certificate)}{ROOT.root_pem}"
    )
    assert is_ours(read_pem(text, CLIENT.key_pem, now=NOW), [CLIENT, MIDDLE, ROOT])


def test_the_key_may_stand_beside_the_certificate() -> None:
    assert is_ours(read_pem(CLIENT.key_pem + CLIENT.pem, ""), [CLIENT, MIDDLE])


def test_der_is_read_too() -> None:
    certificate = OTHER.certificate.public_bytes(serialization.Encoding.DER)
    key = OTHER.key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.TraditionalOpenSSL, NoEncryption()
    )
    assert is_ours(read_pem(certificate, key), [OTHER])


def test_an_encrypted_key_is_kept_without_its_password() -> None:
    identity = read_pem(CLIENT.pem, key_pem(CLIENT.key, "open sesame"), "open sesame")
    assert "ENCRYPTED" not in identity.private_key


def test_a_password_that_is_not_needed_does_not_disturb() -> None:
    assert is_ours(read_pem(CLIENT.pem, CLIENT.key_pem, "for nothing"), [CLIENT, MIDDLE])


@pytest.mark.parametrize("password", ["open sesame", "pässwörd", None])
def test_pkcs12_is_read(password: str | None) -> None:
    assert is_ours(read_pkcs12(CLIENT.pkcs12(password), password, NOW), [CLIENT, MIDDLE])


def test_a_certificate_that_we_have_signed_ourselves_is_taken_if_the_key_fits() -> None:
    """`openssl req -x509` makes such ones, some clouds take them, and they may call themselves a CA."""
    own = new_authority("fleetremote")
    assert is_ours(read_pem(own.pem, own.key_pem, now=NOW), [own])


def rsa_key(bits: int) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, bits)


def damaged(pem: str) -> str:
    lines = pem.splitlines()
    return "\n".join([lines[0], *reversed(lines[1:-1]), lines[-1]])


def with_dates(since: float, until: float) -> Issued:
    return ROOT.client(since=since, until=until)


def with_sha1() -> Issued:
    """One that says that it is signed so: nobody makes such signatures any more."""
    issued = new_authority("Old CA", key=rsa_key(1024)).client()
    der = issued.certificate.public_bytes(serialization.Encoding.DER)
    sha256, sha1 = bytes.fromhex("2a864886f70d01010b"), bytes.fromhex("2a864886f70d010105")
    return Issued(x509.load_der_x509_certificate(der.replace(sha256, sha1)), issued.key)


def dsa_pem() -> str:
    key = dsa.generate_private_key(2048)
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


def without_key() -> bytes:
    return pkcs12.serialize_java_truststore(
        [pkcs12.PKCS12Certificate(CLIENT.certificate, b"us")], serialization.BestAvailableEncryption(b"open sesame")
    )


def encrypted_the_old_way() -> bytes:
    encryption = (
        serialization.PrivateFormat.PKCS12.encryption_builder()
        .key_cert_algorithm(pkcs12.PBES.PBESv1SHA1And3KeyTripleDESCBC)
        .build(b"open sesame")
    )
    return pkcs12.serialize_key_and_certificates(b"us", CLIENT.key, CLIENT.certificate, None, encryption)


EXPIRED, EARLY = with_dates(-20, -10), with_dates(10, 20)
SMALL, SHA1 = ROOT.client(key=rsa_key(1024)), with_sha1()
SERVER = ROOT.server("api.example.com")
OPEN = CLIENT.pkcs12("open sesame")

WRONG = {
    "nothing": (
        lambda: read_pem("", ""),
        "There is no certificate in it. One in PEM begins with -----BEGIN CERTIFICATE-----.",
    ),
    "a picture": (
        lambda: read_pem(b"\x89PNG\r\n", CLIENT.key_pem),
        "There is no certificate in it. One in PEM begins with -----BEGIN CERTIFICATE-----.",
    ),
    "the key as the certificate": (
        lambda: read_pem(CLIENT.key_pem, CLIENT.key_pem),
        "There is no certificate in it. One in PEM begins with -----BEGIN CERTIFICATE-----.",
    ),
    "too large": (
        lambda: read_pem(b"x" * 2_000_000, CLIENT.key_pem),
        "This is too large for certificates and keys: 1,048,576 bytes at the most.",
    ),
    "damaged certificate": (
        lambda: read_pem(damaged(CLIENT.pem), CLIENT.key_pem),
        "Its certificate can't be read: a part of it is missing or has been changed.",
    ),
    "half a certificate": (
        lambda: read_pem(CLIENT.pem[:300], CLIENT.key_pem),
        "Its certificate can't be read: a part of it is missing or has been changed.",
    ),
    "a request": (
        lambda: read_pem(request_pem(), CLIENT.key_pem),
        "This is a request for a certificate (CSR). Give the certificate that the manufacturer has made of it.",
    ),
    "PKCS #12 as PEM": (
        lambda: read_pem(OPEN, CLIENT.key_pem),
        "This is a PKCS #12 file (.p12, .pfx). Give it as such, with its password.",
    ),
    "no key": (
        lambda: read_pem(CLIENT.pem, CLIENT.pem),
        "There is no private key in it. One in PEM begins with -----BEGIN PRIVATE KEY-----.",
    ),
    "DER that is no key": (
        lambda: read_pem(CLIENT.pem, OTHER.certificate.public_bytes(serialization.Encoding.DER)),
        "There is no private key in it. One in PEM begins with -----BEGIN PRIVATE KEY-----.",
    ),
    "damaged key": (
        lambda: read_pem(CLIENT.pem, damaged(CLIENT.key_pem)),
        "The private key can't be read: a part of it is missing or has been changed.",
    ),
    "half a key": (
        lambda: read_pem(CLIENT.pem, CLIENT.key_pem[:100]),
        "The private key can't be read: a part of it is missing or has been changed.",
    ),
    "encrypted key without password": (
        lambda: read_pem(CLIENT.pem, key_pem(CLIENT.key, "open sesame")),
        "The private key is encrypted. Give its password too.",
    ),
    "encrypted key with a wrong password": (
        lambda: read_pem(CLIENT.pem, key_pem(CLIENT.key, "open sesame"), "sesame"),
        "The password does not open the private key.",
    ),
    "another kind of key": (
        lambda: read_pem(CLIENT.pem, dsa_pem()),
        "A private key of this kind can't be used for TLS. Make an RSA or EC key.",
    ),
    "no PKCS #12": (lambda: read_pkcs12(CLIENT.pem.encode(), None), "This is no PKCS #12 file (.p12, .pfx)."),
    "PKCS #12 with a wrong password": (
        lambda: read_pkcs12(OPEN, "sesame"),
        "The password does not open the PKCS #12 file, or the file is damaged.",
    ),
    "PKCS #12 without password": (
        lambda: read_pkcs12(OPEN, None),
        "The PKCS #12 file is encrypted. Give its password too.",
    ),
    "PKCS #12 without key": (
        lambda: read_pkcs12(without_key(), "open sesame"),
        "The PKCS #12 file holds no private key. Export it again with “private key” included.",
    ),
    "another's key": (
        lambda: read_pem(CLIENT.pem, OTHER.key_pem),
        "The private key does not belong to the certificate of CN=fleetremote. Give the key that its request was made "
        "with.",
    ),
    "only CAs": (
        lambda: read_pem(MIDDLE.pem + ROOT.root_pem, CLIENT.key_pem),
        "There are only certificates of CAs in it (CN=Example Issuing CA; CN=Example CA). Give your own certificate "
        "too, as the first.",
    ),
    "two of our own": (
        lambda: read_pem(CLIENT.pem + OTHER.pem, CLIENT.key_pem),
        "There are several certificates in it that are no CA's: CN=fleetremote; CN=somebody-else. Leave only the one "
        "for this account.",
    ),
    "a gap in the chain": (
        lambda: read_pem(pem_of(CLIENT.certificate) + ROOT.root_pem, CLIENT.key_pem),
        "The certificate of CN=Example CA is not part of the chain: what is missing is the certificate of CN=Example "
        "Issuing CA.",
    ),
    "expired": (
        lambda: read_pem(EXPIRED.pem, EXPIRED.key_pem, now=NOW),
        f"The certificate of CN=fleetremote expired on {NOW - timedelta(days=10):%Y-%m-%d}. Ask the manufacturer for a "
        "new one.",
    ),
    "not yet valid": (
        lambda: read_pem(EARLY.pem, EARLY.key_pem, now=NOW),
        f"The certificate of CN=fleetremote is valid only from {NOW + timedelta(days=10):%Y-%m-%d} on. Wait until "
        "then, or set this computer's clock.",
    ),
    "weak key": (
        lambda: read_pem(SMALL.pem, SMALL.key_pem),
        "The key has only 1,024 bits, which is no longer taken. Make one with 2048 and ask for a new certificate.",
    ),
    "weak signature": (
        lambda: read_pem(SHA1.pem, SHA1.key_pem),
        "The certificate of CN=fleetremote is signed with SHA1, which is no longer taken. Ask for a new certificate.",
    ),
    "a server's": (
        lambda: read_pem(SERVER.pem, SERVER.key_pem),
        "The certificate of CN=api.example.com is not made for clients (it lacks clientAuth). Ask for one that is.",
    ),
    "a bundle of no CA": (
        lambda: certificates.read_ca_bundle(ROOT.root_pem + OTHER.pem),
        "The certificate of CN=somebody-else is no CA's. Give the one of CN=Example CA.",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_can_not_be_used_is_told_in_words(case: str) -> None:
    read, words = WRONG[case]
    assert told(read) == words


def test_the_dates_of_one_that_is_there_can_be_read_when_it_has_expired() -> None:
    assert read_pem(EXPIRED.pem, EXPIRED.key_pem).not_after < NOW


def test_older_pkcs12_files_are_read() -> None:
    assert is_ours(read_pkcs12(encrypted_the_old_way(), "open sesame"), [CLIENT])


def test_a_bundle_tells_its_cas_and_may_hold_a_certificate_that_signed_itself() -> None:
    own = self_signed("proxy.example.com")
    found = certificates.read_ca_bundle(f"# ours\n{ROOT.root_pem}\n{MIDDLE.root_pem}{own.pem}")
    assert [subject for subject, _ in found] == ["CN=Example CA", "CN=Example Issuing CA", "CN=proxy.example.com"]
    assert all(end > NOW for _, end in found)


def test_a_bundle_in_der_is_kept_in_pem() -> None:
    assert certificates.as_pem(ROOT.certificate.public_bytes(serialization.Encoding.DER)) == ROOT.root_pem


@given(
    st.binary(max_size=300),
    st.sampled_from(
        [
            b"",
            CLIENT.pem.encode(),
            OPEN,
            new_key().private_bytes(serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, NoEncryption()),
        ]
    ),
    st.integers(0, 2000),
)
def test_junk_is_refused_in_words_and_never_raises_anything_else(junk: bytes, real: bytes, place: int) -> None:
    content = real[:place] + junk + real[place + len(junk) :]
    for read in (
        lambda: read_pem(content, CLIENT.key_pem),
        lambda: read_pem(CLIENT.pem, content, "open sesame"),
        lambda: read_pkcs12(content, "open sesame"),
        lambda: certificates.read_ca_bundle(content),
    ):
        with suppress(BadCertificate):
            read()


@pytest.mark.parametrize("line", [b"-----BEGIN A-----\n", b"-----BEGIN CERTIFICATE-----\n"])
def test_a_file_of_beginnings_is_read_in_time_with_its_length(line: bytes) -> None:
    """Looking for the end of each of them anew took minutes for a megabyte."""
    with pytest.raises(BadCertificate):
        read_certificates(line * (LARGEST_FILE // len(line)))


def test_a_file_of_beginnings_with_a_label_each_is_given_up() -> None:
    content = b"".join(b"-----BEGIN A%d-----\n" % number for number in range(40_000))
    with pytest.raises(BadCertificate):
        read_certificates(content)
