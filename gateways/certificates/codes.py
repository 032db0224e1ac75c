"""Why a certificate, its key or a CA bundle can't be used: codes (protocol/why.py)."""

from protocol.why import code
from protocol.why import gettext_noop as _

# Certificates.
NO_CERTIFICATE = code(
    "no-certificate",
    _("There is no certificate in it. One in PEM begins with -----BEGIN CERTIFICATE-----."),
)
UNREADABLE_CERTIFICATE = code(
    "unreadable-certificate", _("Its certificate can't be read: a part of it is missing or has been changed.")
)
IS_REQUEST = code(
    "is-request",
    _("This is a request for a certificate (CSR). Give the certificate that the manufacturer has made of it."),
)
IS_PKCS12 = code("is-pkcs12", _("This is a PKCS #12 file (.p12, .pfx). Give it as such, with its password."))
TOO_LARGE = code("too-large-file", _("This is too large for certificates and keys: %(most)s bytes at the most."))

# Keys.
NO_KEY = code("no-key", _("There is no private key in it. One in PEM begins with -----BEGIN PRIVATE KEY-----."))
UNREADABLE_KEY = code(
    "unreadable-key", _("The private key can't be read: a part of it is missing or has been changed.")
)
NEEDS_PASSWORD = code("needs-password", _("The private key is encrypted. Give its password too."))
WRONG_PASSWORD = code("wrong-password", _("The password does not open the private key."))
KIND_OF_KEY = code("kind-of-key", _("A private key of this kind can't be used for TLS. Make an RSA or EC key."))

# PKCS #12.
NOT_PKCS12 = code("not-pkcs12", _("This is no PKCS #12 file (.p12, .pfx)."))
PKCS12_WRONG_PASSWORD = code(
    "pkcs12-wrong-password", _("The password does not open the PKCS #12 file, or the file is damaged.")
)
PKCS12_NEEDS_PASSWORD = code("pkcs12-needs-password", _("The PKCS #12 file is encrypted. Give its password too."))
PKCS12_OLD = code(
    "pkcs12-old",
    _("The PKCS #12 file is encrypted in a way that is no longer read. Export it again, with AES."),
)
PKCS12_NO_KEY = code(
    "pkcs12-no-key", _("The PKCS #12 file holds no private key. Export it again with “private key” included.")
)

# Both together.
KEY_DOES_NOT_FIT = code(
    "key-does-not-fit",
    _(
        "The private key does not belong to the certificate of %(subject)s. Give the key that its request was made "
        "with."
    ),
)
NO_LEAF = code(
    "no-leaf",
    _("There are only certificates of CAs in it (%(subjects)s). Give your own certificate too, as the first."),
)
SEVERAL_LEAVES = code(
    "several-leaves",
    _("There are several certificates in it that are no CA's: %(subjects)s. Leave only the one for this account."),
)
CHAIN_BROKEN = code(
    "chain-broken",
    _("The certificate of %(subject)s is not part of the chain: what is missing is the certificate of %(missing)s."),
)
CLIENT_EXPIRED = code(
    "client-expired",
    _("The certificate of %(subject)s expired on %(end)s. Ask the manufacturer for a new one."),
)
CLIENT_NOT_YET = code(
    "client-not-yet",
    _("The certificate of %(subject)s is valid only from %(start)s on. Wait until then, or set this computer's clock."),
)
WEAK_KEY = code(
    "weak-key",
    _("The key has only %(bits)s bits, which is no longer taken. Make one with 2048 and ask for a new certificate."),
)
WEAK_SIGNATURE = code(
    "weak-signature",
    _("The certificate of %(subject)s is signed with %(hash)s, which is no longer taken. Ask for a new certificate."),
)
NOT_FOR_CLIENTS = code(
    "not-for-clients",
    _("The certificate of %(subject)s is not made for clients (it lacks clientAuth). Ask for one that is."),
)

# CA bundles.
NOT_A_CA = code("not-a-ca", _("The certificate of %(subject)s is no CA's. Give the one of %(issuer)s."))
