"""docs/words.md is one list of terms, and all texts keep to it: the words to avoid stand in none of them."""

import re
from collections.abc import Iterator
from pathlib import Path

from protocol.catalogue import REMOTE_TYPES
from tests.console import catalogue

PAGE = Path(__file__).resolve().parents[2] / "docs" / "words.md"


def terms() -> Iterator[tuple[str, str, list[str]]]:
    """Each term with its French and the words to avoid."""
    table = PAGE.read_text().partition("## Terms")[2].partition("## Numbers")[0]
    for line in table.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 4 and cells[0] not in ("term", "---"):
            yield cells[0], cells[1], [words.strip() for words in cells[3].split(",") if words.strip()]


def texts() -> Iterator[str]:
    """All that is to be translated, and the titles of commands."""
    for said in (catalogue.said_in_python(), catalogue.said_in_templates(), catalogue.said_in_scripts()):
        for _, text in said:
            yield from [text] if isinstance(text, str) else text
    for entry in REMOTE_TYPES.values():
        yield entry.title
        yield from (command.title for command in entry.commands)


def test_each_term_has_its_french_and_stands_once() -> None:
    found = list(terms())
    assert len(found) >= 15
    assert all(french for _, french, _ in found)
    names = [term for term, _, _ in found]
    assert sorted(set(names)) == sorted(names)


def test_no_text_has_a_word_that_is_to_be_avoided() -> None:
    avoided = [words for _, _, several in terms() for words in several]
    assert {"by the clock", "laid down", "anew"} <= set(avoided)
    pattern = re.compile(rf"(?<!\w)(?:{'|'.join(re.escape(words) for words in avoided)})(?!\w)", re.IGNORECASE)
    assert sorted({text for text in texts() if pattern.search(text)}) == []
