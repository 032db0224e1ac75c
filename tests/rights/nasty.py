"""What nobody means to send: in a path, a field, a body, a header, and by which method."""

from tests.broken_urls import BROKEN

from .table import METHODS

PIECES: tuple[str, ...] = (
    "%00",
    "%FF%FE",
    "%ED%A0%80",
    "%C3%A9",
    "%F0%9F%92%A5",
    "x" * 3000,
    "-1",
    "9" * 30,
    "0",
    "..",
    "%2e%2e%2f",
)
PIECES += ("%D9%A3", "%0d%0a", "%20", "'\"--", "%25s%(a)s{}", "null", "NaN", "1e999", "true", "[]", "_add")
VALUES: tuple[str, ...] = (
    "\x00",
    "a\x00b",
    "\ud800",
    "é\U0001f4a5",
    "x" * 20_000,
    "-1",
    "9" * 400,
    "0",
    "../..",
    "٣",
    "\r\n",
    " ",
    "",
)
VALUES += (
    "NaN",
    "1e999",
    "null",
    "[]",
    "{}",
    "%s%(a)s",
    "9999-12-31T23:59:59+23:59",
    "0000-00-00",
    "-infinity",
    "1 of 2",
    "P9999999999D",
    # More digits than Python reads as a number.
    "9" * 5000,
    "remove-" + "9" * 5000,
    *BROKEN,
)
# What is read from addresses outside of forms.
NAMES: tuple[str, ...] = (
    "q",
    "p",
    "o",
    "next",
    "page",
    "pageToken",
    "pageSize",
    "indexRange",
    "type",
    "types",
    "vinPrefix",
    "extension",
)
NAMES += (
    "happened",
    "example",
    "vehicle",
    "profile",
    "client_id",
    "_popup",
    "_to_field",
    "_changelist_filters",
    "lang",
)
BODIES: tuple[bytes, ...] = (
    b"",
    b"\x00",
    b"\xff\xfe",
    b"[" * 5000,
    b"{}" * 5000,
    b"9" * 5000,
    b'{"a": 1, "a": 2}',
    b'["\\ud800"]',
    b"null",
)
BODIES += (
    b'{"a": 1e999}',
    b'{"door": {"state": "Unlocked"}, "timeToLive": "P9999999999D"}',
    b'{"horn": {"state": "Activated", "number": ' + b"9" * 400 + b"}}",
    *(f'{{"callback": {{"webhook": {{"target": "{url}", "name": "x"}}}}}}'.encode() for url in BROKEN),
    b'{"callback": null}',
    b'{"status": "\\u0000"}',
    b"a=%00&b=%FF&" * 50,
    b"&".join([b"a"] * 3000),
)
FORM = "application/x-www-form-urlencoded"
KINDS: tuple[str, ...] = (
    "application/json",
    FORM,
    "multipart/form-data; boundary=x",
    "multipart/form-data",
)
KINDS += ("text/plain", "application/json; charset=utf-16", "\x00", "", "a/b/c;;=")
HEADERS: dict[str, tuple[str, ...]] = {
    "Accept": ("\x00", "*/*;q=x", "a/b;" * 500, "application/json;indent=99999999999"),
    "Accept-Language": ("\x00", "xx-" * 500, "*;q=9"),
    "Authorization": ("Basic", "Basic \xff", "Basic Og==", "Basic AAAA", "Bearer \x00", "Bearer " + "x" * 5000, "\x00"),
    "Cookie": ("sessionid=\x00", "messages=x", "csrftoken=" + "x" * 500, "fleetremote_language=\x00", ";;;=", "=\xff"),
    "Host": ("\x00", "a" * 500, "[::1", "evil.example", "", "a:99999", "a:b", "\u2100"),
    "If-Modified-Since": ("x", "Mon, 99 Foo 9999 99:99:99 GMT"),
    "If-None-Match": ('"\x00"', "W/"),
    "Range": ("bytes=9-1", "bytes=-" + "9" * 50),
    "Idempotency-Key": ("\x00", "x" * 5000, "\xff"),
    "HX-Request": ("true",),
    "HX-Current-URL": (*BROKEN, "\x00"),
    "Referer": (*BROKEN, "\x00"),
    "Origin": (*BROKEN, "null", "\x00"),
    "X-Forwarded-For": ("\x00", "1.2.3.4, x", "[::"),
    "X-Forwarded-Proto": ("\x00",),
    "X-Forwarded-Host": BROKEN,
    "X-HTTP-Method-Override": ("DELETE", "\x00"),
    "Last-Event-ID": ("\x00",),
    "Content-Length": ("-1", "x", "9" * 30),
}
MORE_METHODS = (*METHODS, "TRACE", "PROPFIND", "get", "X" * 100)
CALLERS = ("nobody", "manager", "root", "client")
