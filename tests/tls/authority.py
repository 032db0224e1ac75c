"""A certificate authority of the tests, with what it issues: valid around the present moment, whatever that is."""

import ipaddress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, NoEncryption, pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey

DAY = timedelta(days=1)
# The dates of all certificates count from it: a run may last over midnight.
NOW = datetime.now(UTC)


def new_key() -> Key:
    return ec.generate_private_key(ec.SECP256R1())


def key_pem(key: Key, password: str | None = None) -> str:
    encryption = BestAvailableEncryption(password.encode()) if password else NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption).decode()


def pem_of(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(serialization.Encoding.PEM).decode()


@dataclass
class Issued:
    """A certificate with its key; `chain` are those above it, the nearest first, without the root."""

    certificate: x509.Certificate
    key: Key
    chain: list[x509.Certificate] = field(default_factory=list)

    @property
    def pem(self) -> str:
        """The certificate and its chain."""
        return pem_of(self.certificate) + "".join(map(pem_of, self.chain))

    @property
    def key_pem(self) -> str:
        return key_pem(self.key)

    def pkcs12(self, password: str | None) -> bytes:
        encryption = BestAvailableEncryption(password.encode()) if password else NoEncryption()
        return pkcs12.serialize_key_and_certificates(b"us", self.key, self.certificate, self.chain or None, encryption)

    def write(self, folder: Path, name: str) -> tuple[Path, Path]:
        """Two files, name.pem and name-key.pem; gives their paths."""
        certificate, key = folder / f"{name}.pem", folder / f"{name}-key.pem"
        certificate.write_text(self.pem)
        key.write_text(self.key_pem)
        key.chmod(0o600)
        return certificate, key


@dataclass
class Authority(Issued):
    """A CA: issues certificates for servers and clients, and has others below it. Dates are days from now."""

    @property
    def root_pem(self) -> str:
        """What whoever trusts it needs: its own certificate."""
        return pem_of(self.certificate)

    def server(self, *names: str, **how: object) -> Issued:
        """For DNS names and IP addresses; 127.0.0.1 and localhost when none are given."""
        hosts = [_host(name) for name in names or ("127.0.0.1", "localhost")]
        extensions = [
            x509.SubjectAlternativeName(hosts),
            x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]),
        ]
        return self.issue(names[0] if names else "127.0.0.1", extensions, **how)  # type: ignore[arg-type]

    def client(self, name: str = "fleetremote", **how: object) -> Issued:
        return self.issue(name, [x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH])], **how)  # type: ignore[arg-type]

    def below(self, name: str) -> "Authority":
        """A CA whose certificate this one has issued."""
        issued = self.issue(name, [], is_ca=True)
        return Authority(issued.certificate, issued.key, issued.chain)

    def issue(
        self,
        name: str,
        extensions: list[x509.ExtensionType],
        *,
        since: float = -1,
        until: float = 365,
        key: Key | None = None,
        is_ca: bool = False,
    ) -> Issued:
        key = key or new_key()
        builder = _builder(name, self.certificate.subject, key, since, until, is_ca)
        builder = builder.add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()), critical=False
        )
        for extension in extensions:
            builder = builder.add_extension(extension, critical=False)
        is_root = self.certificate.issuer == self.certificate.subject
        chain = [] if is_root else [self.certificate, *self.chain]
        return Issued(builder.sign(self.key, hashes.SHA256()), key, chain)


def new_authority(
    name: str = "Example CA", *, since: float = -2, until: float = 3650, key: Key | None = None
) -> Authority:
    """A root of its own."""
    key = key or new_key()
    subject = _name(name)
    return Authority(_builder(name, subject, key, since, until, True).sign(key, hashes.SHA256()), key)


def self_signed(name: str = "127.0.0.1") -> Issued:
    """A server's certificate that no CA has issued."""
    key = new_key()
    builder = _builder(name, _name(name), key, -1, 365, False)
    builder = builder.add_extension(x509.SubjectAlternativeName([_host(name)]), critical=False)
    return Issued(builder.sign(key, hashes.SHA256()), key)


def request_pem(name: str = "fleetremote") -> str:
    """A request for a certificate (CSR)."""
    builder = x509.CertificateSigningRequestBuilder().subject_name(_name(name))
    return builder.sign(new_key(), hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode()


def _builder(
    name: str, issuer: x509.Name, key: Key, since: float, until: float, is_ca: bool
) -> x509.CertificateBuilder:
    public = key.public_key()
    return (
        x509.CertificateBuilder()
        .subject_name(_name(name))
        .issuer_name(issuer)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW + since * DAY)
        .not_valid_after(NOW + until * DAY)
        .add_extension(x509.BasicConstraints(ca=is_ca, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
    )


def _name(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _host(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)
