"""The words of whoever answered, as they came: the API, the gateway in front, a log-in service or a proxy's page.

They go to people, so they hold no secret and no control characters, and are short. Nothing here raises.
"""

import json
import re
import unicodedata
from collections.abc import Iterator
from contextlib import suppress
from html import unescape
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

from gateways.answers.shapes import Body, Shape, read
from gateways.bounded import Answer
from gateways.masking import Masking, mask_document

# Characters of what a document says, and of the first words of a page or a text.
LONGEST = 1000
FIRST = 300
# Characters; a secret may be that long.
_SPARE = 2 * 1024
_MOST_PARTS = 6
_DEEPEST = 4
_MOST_TEXTS = 400

# Members that say what is wrong, by what they are called in one shape or the other, in any case and without `-` and
# `_`; what names it comes first.
_NAMES = ("httpmessage", "title", "error", "name")
_SAYINGS = (
    *("message", "moreinformation", "errordescription", "detail", "faultstring", "errormessage", "statusmessage"),
    *("usermessage", "exceptionmessage", "errorsummary", "errordetail", "description", "msg", "text", "reason"),
    *("cause", "summary", "details"),
)
# Members in which an error may be wrapped.
_WRAPPERS = (
    *("error", "errors", "fault", "xerror", "message", "messages", "detail", "details", "body", "response", "data"),
    *("cause", "reason"),
)
# The same where nothing stands in those: they hold other things as well.
_LOOSE_WRAPPERS = ("status", "result", "meta", "embedded")
_TITLE = re.compile(r"<title[^<>]{0,200}>([^<]{0,1000})", re.IGNORECASE)
_CHALLENGE = re.compile(r"error(?:_description)?=\"([^\"]{1,300})")
# What is in them is not for a reader.
_HIDDEN = ("script", "style", "title", "template", "noscript", "svg")
# They end no word.
_INLINE = ("a", "b", "i", "u", "em", "strong", "span", "small", "code", "font", "wbr", "sub", "sup")
_TAG = re.compile(r"</?([a-z]{1,20})|<[!?/]")
# In a text that is no page as a whole; what else stands between such signs may be its words: "no vehicle <unknown>".
_MARKUP = re.compile(
    r"</?(?:a|b|big|body|br|center|code|div|em|font|h[1-6]|head|hr|html|i|iframe|img|li|link|meta|ol|p|pre|script|small"
    r"|span|strong|style|sub|sup|svg|t[dhr]|table|tbody|u|ul)\b[^<>]{0,200}>",
    re.IGNORECASE,
)


def words(answer: Answer, masking: Masking) -> str:
    """What the answer says, in its own words; "" where it says nothing that a person could read."""
    body = read(answer.headers, answer.content)
    if body.document is not None:
        said, most = _said(body.document), LONGEST
    else:
        said, most = _first(body), FIRST
    return _fit(said or _challenge(answer), most, masking)


def words_in(document: Any, masking: Masking) -> str:
    """What a document says, as `words` has it."""
    return _fit(_said(document), LONGEST, masking)


def where(answer: Answer, masking: Masking) -> str:
    """Where a redirect leads, without user, query and fragment, which may hold secrets; "" for anything else."""
    if not 300 <= answer.status < 400:
        return ""
    location = (answer.header("Location") or "")[: FIRST + _SPARE]
    try:
        url = urlsplit(location)
    except ValueError:
        return ""
    host = url.netloc.rpartition("@")[2]
    place = f"{url.scheme}://{host}{url.path}" if url.scheme and host else f"//{host}{url.path}" if host else url.path
    return _fit(place, FIRST, masking)


def _said(document: Any) -> str:
    """What an error's document says; the document itself where nothing in it is called as an error's words are."""
    parts = list(islice(dict.fromkeys(filter(None, _parts(document, 0))), _MOST_PARTS))
    # Of two that say the same the longer one is enough.
    said = [part for part in parts if not any(part != other and part.lower() in other.lower() for other in parts)]
    if said:
        return ": ".join(said)
    return json.dumps(mask_document(document), ensure_ascii=False) if document and _is_flat(document) else ""


def _parts(value: Any, depth: int) -> Iterator[str]:
    if isinstance(value, str | int | float):
        yield _plain(str(value))
    elif depth < _DEEPEST and isinstance(value, list):
        for item in value[:_MOST_PARTS]:
            yield from _parts(item, depth + 1)
    elif depth < _DEEPEST and isinstance(value, dict):
        yield from _of_members(value, depth)


def _of_members(document: dict[str, Any], depth: int) -> Iterator[str]:
    named = {name.lower().replace("_", "").replace("-", ""): item for name, item in document.items()}
    said = [named[name] for name in _NAMES + _SAYINGS if isinstance(named.get(name), str)]
    found = [words for words in said if words.strip()]
    found += [named[name] for name in _WRAPPERS if isinstance(named.get(name), dict | list)]
    found = found or [named[name] for name in _LOOSE_WRAPPERS if isinstance(named.get(name), dict | list)]
    if not found and depth:
        # {"errors": {"400": "BAD REQUEST"}}, {"errors": {"door.state": ["is not known"]}}
        found = [mask_document({name: item})[name] if _is_plain(item) else item for name, item in _few(document)]
    for item in found:
        yield from _parts(item, depth + 1)


def _is_flat(document: Any) -> bool:
    """Whether it can be shown as it is."""
    values = document.values() if isinstance(document, dict) else document
    return len(document) <= _MOST_PARTS and all(map(_is_plain, values))


def _is_plain(value: Any) -> bool:
    return not isinstance(value, dict | list)


def _few(document: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    return islice(document.items(), _MOST_PARTS)


def _first(body: Body) -> str:
    """The first words of a page or a text, which may be one that JSON has in quotes."""
    if body.shape is not Shape.TEXT:
        return _of_page(body.text)
    quoted = body.text.rstrip()
    with suppress(ValueError):
        return _plain(str(json.loads(quoted)) if quoted[:1] == '"' else quoted)
    return _plain(quoted)


def _plain(text: str) -> str:
    text = text[: LONGEST + _SPARE].strip()
    return _of_page(text) if text[:1] == "<" else _without_markup(text)


def _without_markup(text: str) -> str:
    return "".join(islice(_texts(text), _MOST_TEXTS)) if _MARKUP.search(text) else text


def _of_page(page: str) -> str:
    """Its title, then the first of its text that says something else."""
    found = _TITLE.search(page)
    title = _one_line(unescape(found.group(1))) if found else ""
    text = unescape("".join(islice(_texts(page), _MOST_TEXTS)))[: FIRST + _SPARE]
    text = _one_line(_without_markup(text))
    text = text.removeprefix(title).strip() if title else text
    return ": ".join(filter(None, (title, text)))


def _texts(page: str) -> Iterator[str]:
    """What stands between the tags, from the first to the last letter once, however wrong the page is."""
    lowered = page.lower()
    if len(lowered) != len(page):
        lowered = page
    at = 0
    while at < len(page):
        start = page.find("<", at)
        if start < 0:
            start = len(page)
        if start > at:
            yield page[at:start]
        tag = _TAG.match(lowered, start)
        if tag is None:
            # Not every such sign begins a tag.
            yield page[start : start + 1]
            at = start + 1
        else:
            at = _after_tag(lowered, start, tag.group(1) or "")
            yield "" if tag.group(1) in _INLINE else " "


def _after_tag(page: str, start: int, name: str) -> int:
    """Where the tag, the comment or the hidden element ends that starts there; the page's end where it never does."""
    is_hidden = name in _HIDDEN and page[start + 1] != "/"
    end = "-->" if page.startswith("<!--", start) else f"</{name}" if is_hidden else ">"
    found = page.find(end, start + 1)
    if found < 0:
        return len(page)
    # The closing tag itself is read next.
    return found if is_hidden else found + len(end)


def _challenge(answer: Answer) -> str:
    """What an empty refusal says in its header, RFC 6750: WWW-Authenticate: Bearer error="…"."""
    return ": ".join(_CHALLENGE.findall((answer.header("WWW-Authenticate") or "")[:2000]))


def _fit(text: str, most: int, masking: Masking) -> str:
    """On one line, without secrets, and not longer than that."""
    beginning = text[: most + _SPARE]
    # Masked as it came and as it will stand: what is taken out may have stood within a secret.
    masked = masking.text(_one_line(masking.text(beginning)))
    if len(text) > len(beginning):
        # It may end with the half of a secret.
        masked = masked[:-_SPARE] or masked[:0]
    return masked if len(masked) <= most else masked[: most - 1].rstrip() + "…"


def _one_line(text: str) -> str:
    """Without what a screen can't show, or what would turn it about."""
    spaced = " ".join(text.split())
    return "".join(letter for letter in spaced if unicodedata.category(letter) not in ("Cc", "Cf", "Cs"))
