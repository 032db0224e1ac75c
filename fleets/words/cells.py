"""Text in cells of a spreadsheet: what would be taken for a formula gets an apostrophe in front, and loses it again.

`defusedcsv` writes the files, and knows the plain forms: a first = + - @ | or %. Here is what it does not look for:
blanks and ends of lines in front, what is of full width or otherwise looks like such a sign, and formulas behind a
separator, since French spreadsheets open our commas with semicolons.
"""

import re

# What the library puts an apostrophe in front of, unless all of it is a number.
_KNOWN = "=+\\-@|%"
# As Unicode has them: full width, small, raised, lowered, doubled, Hebrew, and the minus of mathematics.
_ALIKE = "＝﹦⁼₌⩵⩶＋﹢⁺₊﬩－﹣⁻₋−＠﹫｜％﹪"
_SIGN = f"[{_KNOWN}{_ALIKE}]"
# Nothing is seen of these: controls, joiners and marks of direction, blank letters, variation selectors, tags.
_UNSEEN = (
    "\x00-\x08\x0e-\x1f\x7f-\x9f\u00ad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u115f\u1160\u180b-\u180f"
    "\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb"
    "\U000110bd\U000110cd\U00013430-\U0001345f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e01ef"
)
_START = rf"(?:[\t\r\n]|[\s{_UNSEEN}]*{_SIGN})"
# Behind a separator, quotes too: the file doubles them, and two are an empty cell's.
_BEHIND = rf"'*(?:(?![\t\r\n])[\s\"{_UNSEEN}])*{_SIGN}"

_LIBRARYS = re.compile(f"[{_KNOWN}]")
# It writes a backslash before each | of what it guards.
_BY_LIBRARY = re.compile(r"'(?:[=+\-@%]|\\\|)")
_FORMULA = re.compile(rf"'*{_START}|'+\\\|")
_GUARDED = re.compile(rf"'+(?:{_START}|\\\|)")
_INNER = re.compile(rf"(?<=[;\t\r\n])(?={_BEHIND})")
_INNER_GUARDED = re.compile(rf"(?<=[;\t\r\n])'(?={_BEHIND})")


def guarded(text: str) -> str:
    """The text as it is handed to `defusedcsv`, which does the rest."""
    inner = _INNER.sub("'", text)
    return f"'{inner}" if _FORMULA.match(text) and not _LIBRARYS.match(text) else inner


def unguarded(text: str) -> str:
    """The text that was guarded and written; any other as it is."""
    if _BY_LIBRARY.match(text):
        return _INNER_GUARDED.sub("", text[1:].replace("\\|", "|"))
    plain = _INNER_GUARDED.sub("", text)
    return plain[1:] if _GUARDED.match(plain) else plain
