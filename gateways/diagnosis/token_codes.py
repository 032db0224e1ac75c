"""What a test of a connection finds where it signs in with tokens (protocol/why.py)."""

from protocol.why import code
from protocol.why import gettext_noop as _

# Address.
BOTH_FINE = code("addresses-fine", _("%(url)s can be used, and so can the token URL %(token)s."))
TOKEN_URL_MISSING = code(
    "token-url-missing", _("There is no token URL. It looks like https://id.example.com/as/token.oauth2.")
)
TOKEN_URL_WRONG = code("token-url-wrong", _("The token URL can't be used. %(why)s"))

# Credentials.
TOKEN_FINE = code(
    "token-fine", _("A token is given that holds for %(seconds)s seconds, with all scopes that were asked for.")
)
SCOPES_MISSING = code(
    "scopes-missing",
    _(
        "A token is given that holds for %(seconds)s seconds, but without these scopes: %(scopes)s. What needs them "
        "is not sent. Ask the manufacturer to grant them, or leave them out."
    ),
)
CLIENT_REFUSED = code(
    "token-client-refused",
    _(
        "The token endpoint does not accept our client_id (HTTP %(status)s: %(words)s). Check it, and whether the "
        "manufacturer has given a client secret too; then ask whether our certificate belongs to it."
    ),
)
SECRET_REFUSED = code(
    "token-secret-refused",
    _(
        "The token endpoint does not accept our client_id with its secret (HTTP %(status)s: %(words)s). Check both; "
        "where the manufacturer has given no secret, leave it empty."
    ),
)
GRANT_REFUSED = code(
    "token-grant-refused",
    _(
        "The token endpoint gives us no tokens by client credentials (HTTP %(status)s: %(words)s). Ask the "
        "manufacturer to enable that for our client_id."
    ),
)
SCOPES_REFUSED = code(
    "token-scopes-refused",
    _(
        "The token endpoint does not give us one of these scopes: %(scopes)s (HTTP %(status)s: %(words)s). Enter only "
        "those of your contract, separated by spaces."
    ),
)
TOKEN_REFUSED_OTHER = code(
    "token-refused-other",
    _(
        "The token endpoint refuses us (HTTP %(status)s: %(words)s). Check the client_id and its secret, then ask the "
        "manufacturer."
    ),
)
NO_ENDPOINT = code(
    "no-token-endpoint",
    _(
        "There is no token endpoint at %(path)s (HTTP %(status)s: %(words)s). Check the token URL; often it ends with "
        "/as/token.oauth2."
    ),
)
TOKEN_REDIRECT = code(
    "token-redirect",
    _(
        "The token endpoint sends us elsewhere: to %(url)s (HTTP %(status)s). Our credentials are not sent there. If "
        "that is the token endpoint, enter its address as the token URL."
    ),
)
NO_TOKEN_IN_IT = code("no-token-in-it", _("The answer holds no access token; it holds: %(keys)s. Check the token URL."))
TOKEN_STRANGE = code(
    "token-strange", _("What the token endpoint has given can't be used. %(why)s Tell the manufacturer.")
)

# Fleets: the account is one, and its vehicles are listed.
VEHICLES_ONE = code("account-vehicle", _("The account is taken for a fleet. 1 vehicle is listed."))
VEHICLES_LISTED = code("account-vehicles", _("The account is taken for a fleet. %(number)s vehicles are listed."))
VEHICLES_NONE = code(
    "account-no-vehicles", _("No vehicle is listed. Ask the manufacturer to put vehicles into this account.")
)
API_REFUSES_TOKEN = code(
    "api-refuses-token",
    _(
        "A token is given, but the API does not accept it (HTTP 401: %(words)s). Check that the address and the token "
        "URL are of the same environment."
    ),
)
NO_VEHICLES_THERE = code(
    "no-vehicles-there",
    _(
        "There are no vehicles at %(path)s (HTTP 404: %(words)s). The address ends with the version, such as "
        "/api/connectedcar/v1."
    ),
)
VEHICLES_UNREAD = code(
    "account-unread", _("The vehicles of the account can't be listed. %(why)s Check the address, then try again.")
)
