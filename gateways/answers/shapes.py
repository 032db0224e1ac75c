"""What form the body of an answer has that says why not: that of the API, of what stands in front, or of a page.

Whoever answers may be anybody: a body is looked at from its beginning only, its type and charset are believed only
where they can be true, and nothing here raises.
"""

import codecs
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

# Bytes of a document that is read as one; a longer one has no words.
LARGEST_DOCUMENT = 256 * 1024
# Bytes of a page or a text that are looked at.
BEGINNING = 32 * 1024

# Python knows codecs that are no charsets, and some that take very long.
_CHARSETS = re.compile(r"utf-(8|16|32)|iso8859|cp125|ascii|koi8|shift_jis|euc_|gb|big5")
_CHARSET = re.compile(r"charset\s{0,9}=\s{0,9}[\"']?([A-Za-z0-9_:+-]{1,40})")
# RFC 6749 and 6750.
_OAUTH = {
    *("invalid_request", "invalid_client", "invalid_grant", "invalid_scope", "invalid_token", "insufficient_scope"),
    *("unauthorized_client", "unsupported_grant_type", "unsupported_response_type", "access_denied"),
    *("server_error", "temporarily_unavailable"),
}


class Shape(StrEnum):
    """`API`: the published error of v3, {code, uuid, message, timestamp}, or of v1, {name, debug, message},
    whose examples have `code` in place of `name`.
    `GATEWAY`: {httpCode, httpMessage, moreInformation} of the gateway in front, or {fault: {faultstring}} of another.
    `OAUTH`: {error, error_description}, RFC 6749. `PROBLEM`: RFC 9457. `DOCUMENT`: any other JSON, or one that is cut.
    """

    API = "api"
    GATEWAY = "gateway"
    OAUTH = "oauth"
    PROBLEM = "problem"
    DOCUMENT = "document"
    PAGE = "page"
    TEXT = "text"
    EMPTY = "empty"


@dataclass(frozen=True)
class Body:
    """`document` is the JSON where it is one that can be read, else None; `text` the beginning of anything else."""

    shape: Shape
    document: Any = None
    text: str = ""


def read(headers: Iterable[tuple[str, str]], content: bytes) -> Body:
    """What form the body has, whatever its headers say."""
    kind = next((value for name, value in headers if name.lower() == "content-type"), "")[:200]
    beginning = content[:BEGINNING]
    if not beginning.strip(b" \t\r\n\0"):
        return Body(Shape.EMPTY)
    text = _decoded(beginning, kind).lstrip("\ufeff \t\r\n")
    if text[:1] in ("{", "["):
        document = _document(content, kind)
        return Body(Shape.DOCUMENT) if document is None else Body(_shape(document), document)
    if text[:1] == "<":
        return Body(Shape.PAGE, text=text)
    return Body(Shape.TEXT, text=text) if _is_text(text) else Body(Shape.EMPTY)


def number(value: Any) -> int | None:
    """A number as JSON has it, or written as a text."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    return int(value) if isinstance(value, str) and len(value) < 10 and value.isascii() and value.isdigit() else None


def api_code(document: Any) -> int | None:
    """The published error's `code`, HTTP status and two digits; None where there is none."""
    code = number(document.get("code")) if isinstance(document, dict) else None
    return code if code is not None and 40000 <= code <= 59999 else None


def x_error(document: Any) -> dict[str, Any] | None:
    """The published error of v1 in the document, None where there is none."""
    error = document.get("xError", document) if isinstance(document, dict) else None
    is_one = isinstance(error, dict) and {"debug", "message"} <= error.keys() and {"name", "code"} & error.keys()
    return error if is_one else None


def is_error(document: Any) -> bool:
    """Whether it says why not, and is nothing else: some clouds say that with a 200 too."""
    if not isinstance(document, dict):
        return False
    return {"code", "message"} <= document.keys() or _shape(document) in (Shape.API, Shape.GATEWAY, Shape.OAUTH)


def _shape(document: Any) -> Shape:
    if not isinstance(document, dict):
        return Shape.DOCUMENT
    if api_code(document) is not None or x_error(document) is not None:
        return Shape.API
    if {"httpCode", "httpMessage", "moreInformation"} & document.keys() or _is_fault(document.get("fault")):
        return Shape.GATEWAY
    error = document.get("error")
    if isinstance(error, str) and error in _OAUTH:
        return Shape.OAUTH
    if "title" in document and {"type", "status", "detail"} & document.keys():
        return Shape.PROBLEM
    return Shape.DOCUMENT


def _is_fault(fault: Any) -> bool:
    return isinstance(fault, dict) and "faultstring" in fault


def _document(content: bytes, kind: str) -> Any:
    if len(content) > LARGEST_DOCUMENT:
        return None
    try:
        return json.loads(_decoded(content, kind).lstrip("\ufeff"))
    except (ValueError, RecursionError):
        return None


def _decoded(content: bytes, kind: str) -> str:
    """UTF-8 (16, 32) where it can be that, whatever is said of it; else the charset that is named; else Latin-1."""
    text = _strictly(content, json.detect_encoding(content))
    if text is not None and "\0" not in text:
        return text
    named = _CHARSET.search(kind) or _CHARSET.search(content[:1024].decode("latin-1"))
    text = _strictly(content, _charset(named.group(1))) if named else None
    return content.decode("cp1252", errors="replace") if text is None else text


def _strictly(content: bytes, charset: str) -> str | None:
    """None where it is no text in this charset. Cut to its beginning it may end within a letter."""
    for spare in range(4 if len(content) >= BEGINNING else 1):
        try:
            return content[: len(content) - spare].decode(charset) if charset else None
        except UnicodeError:
            continue
    return None


def _charset(name: str) -> str:
    """As Python calls it; nothing where it knows none by this name."""
    try:
        known = codecs.lookup(name).name
    except (LookupError, ValueError):
        return ""
    return known if _CHARSETS.match(known) else ""


def _is_text(text: str) -> bool:
    """Whether a person could read it: a picture or what is compressed is none."""
    looked_at = text[:1000]
    is_readable = sum(letter.isprintable() or letter.isspace() for letter in looked_at) > 0.9 * len(looked_at)
    return is_readable and "\0" not in looked_at
