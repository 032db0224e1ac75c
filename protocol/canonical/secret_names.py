"""Names that give a secret away: of headers, query parameters and members of a document."""

import re

# What stands for a secret wherever one is shown or kept for reading.
MASK = "***"

# Anywhere in a name, in any case and without what separates words: `X-Api-Key`, `apikey`, `clientSecret`.
_PARTS = (
    *("apikey", "authoriz", "authenticat", "credential", "cookie", "passphrase", "passwd", "password", "secret"),
    *("signature", "token", "privatekey", "accesskey", "sessionid", "subscriptionkey", "sharedkey", "webhookkey"),
)
# Whole words of a name: as a part they stand in harmless ones too (`shipping`, `monkey`, `author`).
_WORDS = frozenset(
    {
        *("auth", "bearer", "code", "cred", "creds", "csrf", "hmac", "jwt", "key", "keys", "mac", "nonce", "otp"),
        *("pass", "pin", "psk", "pwd", "sas", "session", "sid", "sig", "sign", "signed", "sso", "totp", "xsrf"),
    }
)
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")


def is_secret_name(name: str) -> bool:
    """Whether what stands under this name is taken for a secret; rather one too many."""
    squashed = re.sub(r"[^a-z0-9]", "", name.casefold())
    if any(part in squashed for part in _PARTS) or squashed in _WORDS:
        return True
    return any(word.casefold() in _WORDS for word in _WORD.findall(name))


def looks_secret(value: str) -> bool:
    """Whether a value is like one that a machine made, such as a key or a token, or names its scheme (`Bearer …`)."""
    if re.match(r"(?i)(bearer|basic|digest|token|apikey|hmac)[ :]", value):
        return True
    made = re.search(r"[A-Za-z0-9+/_=.~-]{20,}", value)
    return made is not None and bool(re.search(r"[0-9]", made[0])) and bool(re.search(r"[A-Za-z]", made[0]))
