"""Takes secrets out of what is kept of a request or an answer, and leaves all else as it was."""

import json
import re
from base64 import b64encode
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, quote_plus, unquote, urlsplit

from protocol.canonical.secret_names import MASK

if TYPE_CHECKING:
    from gateways.interface import Account

# A shorter secret would be found in ordinary words.
SHORTEST_SECRET = 6

# Headers, query parameters and members of a document, in any case, without `-` and `_`.
_SECRET_NAMES = {
    "accesstoken",
    "apikey",
    "authorization",
    "clientid",
    "clientsecret",
    "cookie",
    "idtoken",
    "password",
    "proxyauthorization",
    "refreshtoken",
    "secret",
    "setcookie",
    "token",
    "xapikey",
}
# Characters of a secret that are looked for where it may be escaped: a pattern of thousands takes long to make.
_LOOKED_FOR = 100
_REST = r"""(?:\\u[0-9a-fA-F]{4}|\\?[^\s"'<>\\])*"""
_IN_QUERY = re.compile(
    r"(?i)(?<![a-z_-])((?:access_?token|api_?key|client_?id|client_?secret|password|refresh_?token|token)=)[^&#\s\"'<>\\]+"
)


class Masking:
    """Masks what its name gives away, and the given secrets wherever they stand."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        known = {secret for secret in secrets if len(secret) >= SHORTEST_SECRET}
        self._secrets = {form for secret in known for form in _forms(secret)}
        # The longest first: one may be a part of another.
        self._escaped = re.compile("|".join(map(_pattern, sorted(known, key=len, reverse=True)))) if known else None

    def text(self, text: str) -> str:
        """A URL, a header's value or an error's words."""
        masked = _without(_IN_QUERY.sub(rf"\1{MASK}", text), self._secrets, MASK)
        # The pattern is slow, and finds more only where something is escaped.
        return self._escaped.sub(MASK, masked) if self._escaped and "\\" in masked else masked

    def headers(self, headers: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
        return [(name, MASK if _is_secret(name) else self.text(value)) for name, value in headers]

    def body(self, body: bytes) -> bytes:
        """The same bytes but for secrets; those of a JSON document are found by their members' names too.

        Where such a one is written with escapes that we don't know, nothing of the body is left.
        """
        quoted = {f'"{form}"' for secret in _secrets_in(body) for form in _forms(secret)}
        # Latin-1 has a character for each byte, so that what is no text survives.
        masked = self.text(_without(body.decode("latin-1"), quoted, f'"{MASK}"')).encode("latin-1")
        return masked if _secrets_in(masked) <= {MASK} else MASK.encode()


def secrets_of(account: "Account") -> list[str]:
    """What no record may hold, whoever repeats it."""
    basics = [basic_of(account.username, account.password)]
    if account.client_secret:
        basics.append(basic_of_client(account.client_id, account.client_secret))
    try:
        proxy = unquote(urlsplit(account.proxy).password or "")
    except ValueError:
        proxy = account.proxy
    stripped = [basic.rstrip("=") for basic in basics]
    return [account.password, account.client_id, account.client_secret, *basics, *stripped, proxy]


def basic_of(name: str, password: str) -> str:
    """What stands behind `Basic` in a header (RFC 7617)."""
    return b64encode(f"{name}:{password}".encode()).decode()


def basic_of_client(client_id: str, secret: str) -> str:
    """The same of an OAuth client: both are written as in a form first (RFC 6749, 2.3.1).

    A space is %20: also those read it that decode no plus.
    """
    return basic_of(quote(client_id, safe=""), quote(secret, safe=""))


def mask_document(value: Any) -> Any:
    """A JSON document without the values of secret names, whether members, header pairs or callback attributes."""
    if isinstance(value, dict):
        named = _named_value(value)
        return {
            key: MASK if _is_secret(key) or (named is not None and key == "value") else mask_document(item)
            for key, item in value.items()
        }
    if isinstance(value, list | tuple):
        if _is_secret_pair(value):
            return [value[0], MASK]
        return [mask_document(item) for item in value]
    return value


def _is_secret(name: object) -> bool:
    return isinstance(name, str) and name.lower().replace("-", "").replace("_", "") in _SECRET_NAMES


def _is_secret_pair(value: list[Any] | tuple[Any, ...]) -> bool:
    return len(value) == 2 and isinstance(value[1], str) and _is_secret(value[0])


def _named_value(document: dict[Any, Any]) -> str | None:
    """The secret of a callback's attribute: {type, key: Authorization, value}."""
    value = document.get("value")
    return value if isinstance(value, str) and _is_secret(document.get("key")) else None


def _secrets_in(body: bytes) -> set[str]:
    """The secrets that a JSON document names, none where it is something else."""
    found: set[str] = set()
    try:
        waiting = [json.loads(body)]
    except (ValueError, RecursionError):
        return found
    # No recursion: what is nested deep may come from outside.
    while waiting:
        value = waiting.pop()
        if isinstance(value, list):
            waiting += value
        elif isinstance(value, dict):
            found |= {item for key, item in value.items() if _is_secret(key) and isinstance(item, str)}
            found |= {named} if (named := _named_value(value)) else set()
            waiting += value.values()
    return found - {""}


def _forms(secret: str) -> set[str]:
    """A secret as text, as JSON and addresses write it, and as its UTF-8 bytes look in Latin-1."""
    written = {secret, json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1]}
    written |= {
        quote(secret, safe="", errors="replace"),
        quote(secret, errors="replace"),
        quote_plus(secret, errors="replace"),
    }
    written |= {form.replace("/", "\\/") for form in written}
    return written | {form.encode(errors="surrogatepass").decode("latin-1") for form in written}


def _pattern(secret: str) -> str:
    """Finds a secret in JSON however its letters are escaped: any of them may be, as `\\/` or by its number.

    Of a long one, such as a token, its beginning is looked for, and all that stands behind it is taken for the rest.
    """
    end = _REST if len(secret) > _LOOKED_FOR else ""
    return "".join(map(_letter, secret[:_LOOKED_FOR])) + end


def _letter(letter: str) -> str:
    units = letter.encode("utf-16-be", errors="surrogatepass").hex()
    number = "".join(rf"\\u{units[place : place + 4]}" for place in range(0, len(units), 4))
    plain = {re.escape(letter), re.escape(letter.encode(errors="surrogatepass").decode("latin-1"))}
    return rf"(?:\\?(?:{'|'.join(plain)})|(?i:{number}))"


def _without(text: str, secrets: set[str], mask: str) -> str:
    # The longest first: one may be a part of another.
    for secret in sorted(secrets, key=len, reverse=True):
        text = text.replace(secret, mask)
    return text
