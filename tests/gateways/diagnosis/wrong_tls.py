"""Certificates that are wrong: theirs, and ours."""

import socket
import ssl
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import AuthorityInformationAccessOID

from gateways.interface import Account
from tests.gateways.diagnosis.cases import (
    OURS,
    ROOT,
    SERVER,
    STRANGE,
    STRANGER,
    Case,
    account,
    answered,
    behind,
    day,
    with_ours,
)
from tests.tls.authority import NOW, Issued, new_authority, self_signed
from tests.tls.servers import answer, raw_server, server_context

V12, V13 = ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3
MIDDLE = ROOT.below("Example Issuing CA")
OLD_ROOT = new_authority("Old Root", since=-900, until=-2)
ENDED = ROOT.client("fleetremote", since=-20, until=-10)
WEAK = "DEFAULT@SECLEVEL=0"


def with_url(url: str) -> Issued:
    """A server's certificate that says where its issuer's is, as those of public CAs do."""
    access = x509.AccessDescription(AuthorityInformationAccessOID.CA_ISSUERS, x509.UniformResourceIdentifier(url))
    names = x509.SubjectAlternativeName([x509.DNSName("localhost")])
    return MIDDLE.issue("localhost", [names, x509.AuthorityInformationAccess([access])])


def revoked(issued: Issued) -> str:
    entry = x509.RevokedCertificateBuilder().serial_number(issued.certificate.serial_number)
    entry = entry.revocation_date(datetime.now(UTC) - timedelta(hours=1))
    builder = x509.CertificateRevocationListBuilder().issuer_name(ROOT.certificate.subject)
    builder = builder.last_update(datetime.now(UTC) - timedelta(hours=1)).next_update(datetime.now(UTC) + timedelta(9))
    crl = builder.add_revoked_certificate(entry.build()).sign(ROOT.key, hashes.SHA256())
    return crl.public_bytes(serialization.Encoding.PEM).decode()


def wanting(**how: Any) -> Callable[..., Any]:
    """A cloud that wants a certificate of the CA."""
    return behind(SERVER, client_ca=ROOT.root_pem, **how)


@contextmanager
def cutting() -> Iterator[Account]:
    """It resets the connection when it has seen our certificate, and says nothing."""
    context = server_context(SERVER, client_ca=ROOT.root_pem, optional=True, version=V13)
    context.num_tickets = 0

    def handle(connection: socket.socket) -> None:
        stream = context.wrap_socket(connection, server_side=True)
        stream.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        stream.close()

    with raw_server(handle) as port:
        yield account(f"https://127.0.0.1:{port}/connectedcar/v3", **with_ours())


NGINX = (
    "<html>\r\n<head><title>400 {0}</title></head>\r\n<body>\r\n<center><h1>400 Bad Request</h1></center>\r\n"
    "<center>{0}</center>\r\n<hr><center>nginx/1.22.1</center>\r\n</body>\r\n</html>\r\n"
)
NEEDED = "Ask the manufacturer for one and enter it with its key."
ASK = "Ask the manufacturer whether it is the one for this API and whether it is enabled there."

CASES = {
    "their certificate has expired": Case(
        "tls",
        f"The cloud's certificate has expired: CN=127.0.0.1, on {day(-10)}. Check this computer's clock, then tell the "
        "manufacturer.",
        behind(ROOT.server(since=-20, until=-10))(),
    ),
    "their certificate is not valid yet": Case(
        "tls",
        f"The cloud's certificate is not valid yet: CN=127.0.0.1, from {day(10)} on. Check this computer's clock, then "
        "tell the manufacturer.",
        behind(ROOT.server(since=10, until=20))(),
    ),
    "their certificate is signed by itself": Case(
        "tls",
        "The cloud's certificate is signed by itself: CN=127.0.0.1. If it really is the manufacturer's, enter it as CA "
        "bundle.",
        behind(self_signed())(),
    ),
    "their CA is not a public one": Case(
        "tls",
        "The CA that issued the cloud's certificate is not known: CN=Example CA. Ask the manufacturer for the CA's "
        "certificate and enter it as CA bundle.",
        behind(SERVER)(ca_bundle=""),
    ),
    "their CA is not in our bundle": Case(
        "tls",
        "The cloud's certificate is issued by CN=Example CA, and your CA bundle holds only CN=Strange CA. Add the "
        "certificate of that CA to it, or leave the bundle empty where it is a public one.",
        behind(SERVER)(ca_bundle=STRANGE.root_pem),
    ),
    "their chain is not whole": Case(
        "tls",
        "The cloud does not send its whole chain: the certificate of CN=Example Issuing CA is missing. It is at "
        "http://ca.example.com/issuing.crt: enter it as CA bundle together with its CA's, and tell the manufacturer.",
        behind(with_url("http://ca.example.com/issuing.crt"), host="localhost", alone=True)(),
    ),
    "their certificate is for another host": Case(
        "tls",
        "The cloud's certificate is not for 127.0.0.1 but for api.example.com, 192.0.2.1. Check the host in the "
        "address.",
        behind(ROOT.server("api.example.com", "192.0.2.1"))(),
    ),
    "their certificate is weak": Case(
        "tls",
        "The cloud's certificate is too weak to be trusted: CN=127.0.0.1. Tell the manufacturer.",
        behind(ROOT.server(key=rsa.generate_private_key(65537, 1024)), ciphers=WEAK)(),
    ),
    "they speak only an old TLS": Case(
        "tls",
        "The cloud speaks only an old TLS that is no longer safe (tlsv1 alert protocol version). It must offer TLS 1.2 "
        "or newer.",
        behind(SERVER, version=ssl.TLSVersion.TLSv1_1, ciphers=WEAK)(),
    ),
    "they speak only other ciphers": Case(
        "tls",
        "The cloud refuses each kind of encryption that we offer. It must offer TLS 1.2 or newer with today's ciphers.",
        behind(SERVER, version=V12, ciphers="ECDHE-ECDSA-AES128-CCM")(),
    ),
    "our bundle is no PEM": Case(
        "tls",
        "Your CA bundle can't be used. There is no certificate in it. One in PEM begins with -----BEGIN "
        "CERTIFICATE-----.",
        behind(SERVER)(ca_bundle="junk"),
    ),
    "our bundle holds no CA": Case(
        "tls",
        "Your CA bundle can't be used. The certificate of CN=stranger is no CA's. Give the one of CN=Strange CA.",
        behind(SERVER)(ca_bundle=STRANGER.pem),
    ),
    "the CA in our bundle has ended": Case(
        "tls",
        "A CA in your CA bundle has expired: CN=Old Root. Ask the manufacturer for the present one.",
        behind(OLD_ROOT.server())(ca_bundle=OLD_ROOT.root_pem),
    ),
    "our key belongs to another certificate": Case(
        "client-certificate",
        "The private key does not belong to the certificate of CN=fleetremote. Give the key that its request was made "
        "with.",
        wanting()(certificate=OURS.pem, private_key=STRANGER.key_pem),
    ),
    "our certificate has ended": Case(
        "client-certificate",
        f"The certificate of CN=fleetremote expired on {day(-10)}. Ask the manufacturer for a new one.",
        wanting()(**with_ours(ENDED)),
    ),
    "our certificate has no key": Case(
        "client-certificate",
        "There is a client certificate, but no private key. Enter both.",
        wanting()(certificate=OURS.pem),
    ),
    "our key has no certificate": Case(
        "client-certificate",
        "There is a private key, but no client certificate. Enter both.",
        wanting(version=V12)(private_key=OURS.key_pem),
    ),
    "they want a certificate (TLS 1.3)": Case(
        "client-certificate",
        f"The cloud wants a client certificate, and none is given. {NEEDED}",
        wanting(version=V13)(),
    ),
    "they want a certificate (TLS 1.2)": Case(
        "client-certificate",
        f"The cloud wants a client certificate, and none is given. {NEEDED}",
        wanting(version=V12)(),
    ),
    "they want a certificate, says nginx": Case(
        "client-certificate",
        "The cloud wants a client certificate, and none is given. It says: “400 No required SSL certificate was sent: "
        f"400 Bad Request No required SSL certificate was sent nginx/1.22.1” {NEEDED}",
        answered(answer(400, NGINX.format("No required SSL certificate was sent"), Content_Type="text/html")),
    ),
    "they don't know our CA (TLS 1.3)": Case(
        "client-certificate",
        "The cloud does not know the CA that issued our certificate CN=stranger: CN=Strange CA. Check that it is the "
        "one that the manufacturer has made for this API, and that its chain is with it.",
        wanting(version=V13)(**with_ours(STRANGER)),
    ),
    "they don't know our CA (TLS 1.2)": Case(
        "client-certificate",
        "The cloud does not know the CA that issued our certificate CN=stranger: CN=Strange CA. Check that it is the "
        "one that the manufacturer has made for this API, and that its chain is with it.",
        wanting(version=V12)(**with_ours(STRANGER)),
    ),
    "our certificate has ended for them": Case(
        "client-certificate",
        "The cloud says that our certificate CN=fleetremote has expired. Enter the newest one; check this computer's "
        "clock.",
        wanting()(**with_ours(ENDED)),
        now=NOW - timedelta(days=15),
    ),
    "our certificate was revoked": Case(
        "client-certificate",
        "The cloud says that our certificate CN=fleetremote was revoked. Ask the manufacturer for a new one.",
        wanting(crl=revoked(OURS))(**with_ours()),
    ),
    "they cut when they see our certificate": Case(
        "client-certificate",
        f"The cloud cut the connection when it had seen our certificate CN=fleetremote of CN=Example CA. {ASK}",
        lambda: cutting(),
    ),
    "they refuse our certificate, says nginx": Case(
        "client-certificate",
        "The cloud does not accept our certificate CN=fleetremote of CN=Example CA (400 The SSL certificate error: "
        f"400 Bad Request The SSL certificate error nginx/1.22.1). {ASK}",
        answered(answer(400, NGINX.format("The SSL certificate error"), Content_Type="text/html"), **with_ours()),
    ),
    "they refuse our certificate with a status of nginx": Case(
        "client-certificate",
        f"The cloud does not accept our certificate CN=fleetremote of CN=Example CA (HTTP 495). {ASK}",
        answered(answer(495), **with_ours()),
    ),
}
