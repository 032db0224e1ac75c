"""What a test of a connection finds (protocol/why.py). Those of the address are in gateways/addresses.py, of our own
certificate and key in gateways/certificates/codes.py.
"""

from protocol.why import code
from protocol.why import gettext_noop as _

# Any step.
STUMBLED = code("test-stumbled", _("FleetRemote itself failed here (%(error)s). Its log says more."))

# Address.
ADDRESS_FINE = code("address-fine", _("%(url)s can be used."))

# Name.
NAME_FOUND = code("name-found", _("%(host)s is at %(addresses)s."))
NAME_IS_ADDRESS = code("name-is-address", _("%(host)s is an IP address: there is no name to look up."))
NAME_BY_PROXY = code(
    "name-by-proxy", _("The proxy %(proxy)s is at %(addresses)s. The proxy itself looks up the name of the cloud.")
)
NAME_UNKNOWN = code("name-unknown", _("There is no host %(host)s. Check how the name is written."))
NAME_SLOW = code(
    "name-slow",
    _("Nobody said in time where %(host)s is. Check this computer's DNS, or use a proxy."),
)
NAME_NO_ANSWER = code(
    "name-no-answer",
    _("%(host)s can't be looked up: no name server answers. Check this computer's network and DNS, or use a proxy."),
)
NAME_FORBIDDEN = code(
    "name-forbidden",
    _(
        "%(host)s leads to %(addresses)s, which is reserved for the network itself, so that nothing is sent there. "
        "Check the name, and this computer's DNS."
    ),
)

# TCP, and the proxy.
TCP_FINE = code("tcp-fine", _("Connected to %(address)s, port %(port)s."))
TCP_BY_PROXY = code("tcp-by-proxy", _("Connected through the proxy at %(address)s, port %(port)s."))
TCP_REFUSED = code(
    "tcp-refused", _("%(address)s refuses connections at port %(port)s. Check the port, or use a proxy.")
)
TCP_SLOW = code(
    "tcp-slow",
    _("%(address)s does not answer at port %(port)s. Often a firewall is in between: let it through, or use a proxy."),
)
TCP_NO_ROUTE = code(
    "tcp-no-route", _("There is no way to %(address)s from here. Check this computer's network, or use a proxy.")
)
TCP_FAILED = code("tcp-failed", _("No connection to %(address)s, port %(port)s: %(words)s."))
PROXY_WANTS_PASSWORD = code(
    "proxy-wants-password",
    _("The proxy wants another user name and password (HTTP 407). Write them into its address: http://user:password@…"),
)
PROXY_REFUSES = code(
    "proxy-refuses",
    _("The proxy does not let us through to %(host)s (HTTP %(status)s: %(words)s). Have it allowed there."),
)
PROXY_FAILS = code(
    "proxy-fails",
    _("The proxy can't reach %(host)s (HTTP %(status)s: %(words)s). Check the address, then ask who runs the proxy."),
)
PROXY_SILENT = code("proxy-silent", _("The proxy does not answer in time. Check its address and port."))
PROXY_NO_PROXY = code(
    "proxy-no-proxy", _("What answers at the proxy's address is no HTTP proxy. Check its address and port.")
)
PROXY_TLS = code("proxy-tls", _("No TLS connection to the proxy: %(words)s. Try it with http:// in front."))

# TLS: our trust in them.
TLS_FINE = code(
    "tls-fine",
    _("%(version)s. The cloud's certificate is %(subject)s, issued by %(issuer)s, valid until %(end)s."),
)
TLS_NONE = code(
    "tls-none", _("The address begins with http://, so nothing is encrypted. That is for a simulator only.")
)
PLAIN_HTTP = code(
    "tls-plain-http", _("Plain HTTP is spoken at port %(port)s, not TLS. Check the port: for https it is mostly 443.")
)
NOT_TLS = code("tls-not-tls", _("What answers at port %(port)s does not speak TLS. Check the address and the port."))
TLS_SLOW = code("tls-slow", _("The TLS handshake was not over in time. Try again; often a firewall is in between."))
TLS_CUT = code(
    "tls-cut",
    _("The connection was cut during the TLS handshake. Check the port; often a firewall or a proxy is in between."),
)
TLS_OLD = code(
    "tls-old",
    _("The cloud speaks only an old TLS that is no longer safe (%(words)s). It must offer TLS 1.2 or newer."),
)
TLS_NOTHING_IN_COMMON = code(
    "tls-nothing-in-common",
    _("The cloud refuses each kind of encryption that we offer. It must offer TLS 1.2 or newer with today's ciphers."),
)
TLS_NAME_NOT_SERVED = code(
    "tls-name-not-served", _("The server there knows no %(host)s. Check how the name is written.")
)
TLS_ALERT = code("tls-alert", _("The cloud ends the TLS handshake: %(words)s. Ask the manufacturer."))
TLS_FAILED = code("tls-failed", _("The TLS handshake failed: %(words)s. Ask the manufacturer."))
THEIRS_EXPIRED = code(
    "theirs-expired",
    _(
        "The cloud's certificate has expired: %(subject)s, on %(end)s. Check this computer's clock, then tell the "
        "manufacturer."
    ),
)
THEIRS_NOT_YET = code(
    "theirs-not-yet",
    _(
        "The cloud's certificate is not valid yet: %(subject)s, from %(start)s on. Check this computer's clock, then "
        "tell the manufacturer."
    ),
)
BUNDLE_EXPIRED = code(
    "bundle-expired", _("A CA in your CA bundle has expired: %(subjects)s. Ask the manufacturer for the present one.")
)
SELF_SIGNED = code(
    "self-signed",
    _(
        "The cloud's certificate is signed by itself: %(subject)s. If it really is the manufacturer's, enter it as CA "
        "bundle."
    ),
)
UNKNOWN_CA = code(
    "unknown-ca",
    _(
        "The CA that issued the cloud's certificate is not known: %(issuer)s. Ask the manufacturer for the CA's "
        "certificate and enter it as CA bundle."
    ),
)
NOT_OF_BUNDLE = code(
    "not-of-bundle",
    _(
        "The cloud's certificate is issued by %(issuer)s, and your CA bundle holds only %(subjects)s. Add the "
        "certificate of that CA to it, or leave the bundle empty where it is a public one."
    ),
)
CHAIN_INCOMPLETE = code(
    "chain-incomplete",
    _(
        "The cloud does not send its whole chain: the certificate of %(issuer)s is missing. It is at %(url)s: enter it "
        "as CA bundle together with its CA's, and tell the manufacturer."
    ),
)
NAME_MISMATCH = code(
    "name-mismatch",
    _("The cloud's certificate is not for %(host)s but for %(names)s. Check the host in the address."),
)
THEIRS_WEAK = code(
    "theirs-weak", _("The cloud's certificate is too weak to be trusted: %(subject)s. Tell the manufacturer.")
)
NOT_TRUSTED = code("not-trusted", _("The cloud's certificate can't be trusted: %(subject)s: %(words)s."))
BUNDLE_WRONG = code("bundle-wrong", _("Your CA bundle can't be used. %(why)s"))
CONTEXT_WRONG = code("context-wrong", _("Our certificate, its key or the CA bundle can't be used: %(words)s."))

# TLS: their trust in us.
OURS_ACCEPTED = code("ours-accepted", _("The cloud takes our certificate: %(subject)s, valid until %(end)s."))
OURS_ENDS_SOON = code(
    "ours-ends-soon",
    _("The cloud takes our certificate, %(subject)s, but it ends on %(end)s. Ask the manufacturer for the next one."),
)
OURS_NOT_ASKED = code(
    "ours-not-asked", _("The cloud asked for no client certificate, so that ours was not looked at: %(subject)s.")
)
NONE_ASKED = code("none-asked", _("The cloud asked for no client certificate, and none is given."))
NONE_NEEDED = code("none-needed", _("The cloud asked for a client certificate, but answers without one, too."))
OURS_UNTOLD = code("ours-untold", _("The cloud asked for our certificate, and did not say whether it takes it."))
NO_TLS_NO_CERTIFICATE = code("ours-no-tls", _("Without TLS no certificate is shown."))
OURS_WITHOUT_KEY = code("ours-without-key", _("There is a client certificate, but no private key. Enter both."))
KEY_WITHOUT_OURS = code("key-without-ours", _("There is a private key, but no client certificate. Enter both."))
OURS_WANTED = code(
    "ours-wanted",
    _(
        "The cloud wants a client certificate, and none is given. Ask the manufacturer for one and enter it with its "
        "key."
    ),
)
OURS_WANTED_SAYS = code(
    "ours-wanted-says",
    _(
        "The cloud wants a client certificate, and none is given. It says: “%(words)s” Ask the manufacturer for one "
        "and "
        "enter it with its key."
    ),
)
OURS_UNKNOWN_CA = code(
    "ours-unknown-ca",
    _(
        "The cloud does not know the CA that issued our certificate %(subject)s: %(issuer)s. Check that it is the one "
        "that the manufacturer has made for this API, and that its chain is with it."
    ),
)
OURS_EXPIRED_THERE = code(
    "ours-expired-there",
    _(
        "The cloud says that our certificate %(subject)s has expired. Enter the newest one; check this computer's "
        "clock."
    ),
)
OURS_REVOKED = code(
    "ours-revoked",
    _("The cloud says that our certificate %(subject)s was revoked. Ask the manufacturer for a new one."),
)
OURS_REFUSED = code(
    "ours-refused",
    _(
        "The cloud does not accept our certificate %(subject)s of %(issuer)s (%(words)s). Ask the manufacturer whether "
        "it is the one for this API and whether it is enabled there."
    ),
)
OURS_CUT = code(
    "ours-cut",
    _(
        "The cloud cut the connection when it had seen our certificate %(subject)s of %(issuer)s. Ask the manufacturer "
        "whether it is the one for this API and whether it is enabled there."
    ),
)

# Credentials.
CREDENTIALS_FINE = code("credentials-fine", _("User name, password and client_id are accepted."))
CREDENTIALS_UNTOLD = code("credentials-untold", _("From this it can't be told whether our credentials are right."))
CREDENTIALS_LETTERS = code(
    "credentials-letters",
    _("User name or password holds letters that can't be sent. Check that they are the right ones."),
)
REFUSED_401 = code(
    "refused-401",
    _("The cloud does not accept user name and password (HTTP 401: %(words)s). Check both, then ask the manufacturer."),
)
REFUSED_401_NONE = code(
    "refused-401-none",
    _("The cloud wants a user name and a password, and none is given (HTTP 401: %(words)s). Enter them."),
)
REFUSED_CLIENT_ID = code(
    "refused-client-id",
    _("The cloud does not accept our client_id (HTTP %(status)s: %(words)s). Check it, then ask the manufacturer."),
)
REFUSED_TOKEN = code(
    "refused-token",
    _(
        "The cloud wants a token, not user name and password (HTTP 401: %(words)s). Check that the address is that of "
        "the API that was chosen."
    ),
)
REFUSED_403 = code(
    "refused-403",
    _(
        "The cloud knows us but does not let us use this API (HTTP 403: %(words)s). Ask the manufacturer to enable it "
        "for this account."
    ),
)
REFUSED_403_PAGE = code(
    "refused-403-page",
    _(
        "Something in front of the API refuses us with a page (HTTP 403: %(words)s). Ask the manufacturer whether this "
        "computer's public IP address must be allowed there; it may also be a proxy of your own."
    ),
)

# Fleets.
FLEETS_ONE = code("fleets-one", _("1 fleet is listed."))
FLEETS_LISTED = code("fleets-listed", _("%(number)s fleets are listed."))
FLEETS_NONE = code(
    "fleets-none", _("No fleet is listed. Ask the manufacturer to put vehicles into a fleet of this account.")
)
NOT_FOUND_VERSION = code(
    "not-found-version",
    _(
        "There is no API at %(path)s (HTTP 404: %(words)s). The address ends with the version, such as "
        "/connectedcar/v3."
    ),
)
NOT_FOUND_ELSEWHERE = code(
    "not-found-elsewhere", _("There is no API at %(path)s, but it answers at %(url)s. Enter that address.")
)
NOT_FOUND_BEYOND = code("not-found-beyond", _("The address goes too far: it ends with the version. Try %(url)s."))
NOT_FOUND = code(
    "not-found",
    _("There are no fleets at %(path)s (HTTP 404: %(words)s). Ask the manufacturer for the address of the API."),
)
REDIRECT = code(
    "redirect",
    _(
        "The cloud sends us elsewhere: to %(url)s (HTTP %(status)s). Our credentials are not sent there. If that is "
        "the "
        "API, enter its address."
    ),
)
REDIRECT_NOWHERE = code(
    "redirect-nowhere", _("The cloud sends us elsewhere and does not say where (HTTP %(status)s). Check the address.")
)
PAGE = code(
    "page-in-place-of-api",
    _(
        "A web page came instead of the API's answer: “%(words)s”. Mostly it is a log-in page or a proxy in between. "
        "Check the address, and whether this computer may reach the internet without logging in."
    ),
)
SLOW_DOWN_SECONDS = code(
    "slow-down-seconds",
    _(
        "The cloud takes no more requests of this account for now (HTTP 429: %(words)s). Try again in %(seconds)s "
        "seconds."
    ),
)
BROKEN = code(
    "broken",
    _("The cloud has an error of its own (HTTP %(status)s: %(words)s). Try again later, then tell the manufacturer."),
)
REFUSED_OTHER = code(
    "refused-other", _("The cloud refuses to list our fleets (HTTP %(status)s: %(words)s). Ask the manufacturer.")
)
ANSWERED_OTHER = code("answered-other", _("The cloud answered HTTP %(status)s, which says nothing. Check the address."))
NO_ANSWER = code("test-no-answer", _("The cloud did not answer in time. Try again later, then tell the manufacturer."))
CUT = code("test-cut", _("The cloud cut the connection before it had answered. Try again, then tell the manufacturer."))
NOT_HTTP = code("not-http", _("What came back is no HTTP. Check the address and the port."))
TOO_LARGE = code("test-too-large", _("The cloud's answer is too large: more than %(most)s bytes. Check the address."))
EMPTY = code("empty", _("The cloud's answer is empty. Check the address."))
NOT_JSON = code("not-json", _("The cloud's answer can't be read as JSON: “%(words)s”. Check the address."))
NOT_THE_API = code(
    "not-the-api", _("The cloud's answer is not a list of fleets; it holds: %(keys)s. Check the address.")
)
NOT_WHOLE = code("not-whole", _("The list of fleets is not whole. %(why)s Try again, then tell the manufacturer."))
LIST_SLOW = code("list-slow", _("Reading it took longer than %(seconds)s seconds."))

# Limits.
LIMITS = code(
    "limits-told", _("Requests a second: %(burst)s. Requests in 24 hours: %(day)s, of which are left: %(left)s.")
)
NO_LIMITS = code("limits-none", _("The cloud tells no limits, so that FleetRemote finds them by itself."))

# Parts of those above.
NOTHING_SAID = code("nothing-said", _("no reason given"))
UNSAID = code("unsaid", _("not told"))
