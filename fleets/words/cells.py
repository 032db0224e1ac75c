"""Text in cells of a spreadsheet: what would be taken for a formula gets an apostrophe in front, and loses it again."""

import re

# What a spreadsheet takes for a formula, behind the apostrophes that it may have already.
_FORMULA = re.compile(r"'*[=+\-@\t\r]")
_GUARDED = re.compile(r"'+[=+\-@\t\r]")


def guarded(text: str) -> str:
    """The text as it stands in a file that we write."""
    return f"'{text}" if _FORMULA.match(text) else text


def unguarded(text: str) -> str:
    """The text that `guarded` was given; any other as it is."""
    return text[1:] if _GUARDED.match(text) else text
