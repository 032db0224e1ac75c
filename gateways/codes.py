"""How a request to the manufacturer's cloud can end other than it should: codes (protocol/why.py)."""

from protocol.why import code
from protocol.why import gettext_noop as _

UNREACHABLE = code("cloud-unreachable", _("The manufacturer's cloud can't be reached."))
PROXY_UNREACHABLE = code("proxy-unreachable", _("The proxy on the way to the manufacturer's cloud can't be reached."))
CERTIFICATE_REFUSED = code(
    "certificate-refused", _("The manufacturer's cloud does not accept our client certificate, or wants one.")
)
BAD_CREDENTIALS = code(
    "bad-credentials", _("Our client certificate, its key or the CA bundle of this account can't be used: %(why)s")
)
BAD_ADDRESS = code("bad-address", _("The address of the manufacturer's cloud can't be used."))
BAD_ADDRESS_BECAUSE = code("bad-address-because", _("The address of the manufacturer's cloud can't be used: %(why)s"))
SLOW_DOWN_BECAUSE = code("slow-down-because", _("The manufacturer's cloud asks us to slow down: %(why)s"))
# The manufacturer's own words, as they came.
SAYS = code("cloud-says", "%(words)s")

# Nobody knows the outcome.
NO_ANSWER = code("no-answer", _("The manufacturer's cloud did not answer in time."))
CUT = code("cut", _("The connection to the manufacturer's cloud was cut."))
ANSWERED = code("answered", _("The manufacturer's cloud answered HTTP %(status)s."))
ANSWERED_SAYING = code("answered-saying", _("The manufacturer's cloud answered HTTP %(status)s: “%(words)s”."))
REDIRECTED = code("redirected", _("The manufacturer's cloud answered HTTP %(status)s, which leads to %(where)s."))
PAGE = code("page-instead", _("A page came in place of an answer of the manufacturer's cloud: “%(words)s”."))
TOO_LARGE = code("too-large", _("The manufacturer's cloud gave an answer that is too large."))
UNREADABLE = code("unreadable", _("The manufacturer's cloud gave an answer that can't be read."))
UNREADABLE_BECAUSE = code(
    "unreadable-because", _("The manufacturer's cloud gave an answer that can't be read: %(why)s")
)
WITHOUT = code("without", _("The manufacturer's cloud gave an answer without %(key)s."))

# Lists.
PAGE_WITHOUT = code("page-without", "The manufacturer's cloud gave a page without %(key)s.")
NOT_ALL = code("not-all", "The manufacturer's cloud listed %(number)s %(key)s, and says that there are %(told)s.")
TOO_MANY_PAGES = code("too-many-pages", "The list %(path)s has more than %(most)s pages.")

# Tokens. Without one nothing is sent to the API.
TOKEN_FAILED = code("token-failed", _("No access token can be had, so nothing was sent. %(why)s"))
TOKEN_REFUSED = code(
    "token-refused", _("The token endpoint does not accept our credentials (HTTP %(status)s: %(words)s).")
)
TOKEN_SCOPES = code(
    "token-scopes", _("The token endpoint does not give us these scopes: %(scopes)s (HTTP %(status)s: %(words)s).")
)
TOKEN_NOT_THERE = code(
    "token-not-there", _("There is no token endpoint at %(url)s (HTTP %(status)s: %(words)s). Check the token URL.")
)
TOKEN_UNUSABLE = code("token-unusable", _("The token endpoint gave a token that no header can hold."))
TOKEN_KIND = code("token-kind", _("The token endpoint gave a token of the kind “%(kind)s”, which is not bearer."))
TOKEN_LATE = code("token-late", _("It took too long to get an access token, so nothing was sent. It is there now."))
TOKEN_NO_TIME = code("token-no-time", _("There was no time left to get a new access token, so nothing was sent again."))
TOKEN_NO_URL = code("token-no-url", _("The account has no token URL. Enter the one that the manufacturer has given."))

# What an API has no place for.
NOT_OFFERED = code("not-offered", _("This vehicle's cloud does not offer it: %(words)s"))
CHANNELS_FULL = code(
    "channels-full",
    _(
        "The account has its five channels already, and none of them is ours: %(labels)s. One of them must be deleted "
        "there first."
    ),
)
NO_LIST_OF_STATES = code("no-list-of-states", _("The API Connected Car v1 has no list of the vehicles' states."))
