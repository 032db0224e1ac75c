"""What there is to translate, read from the code, and the French catalogue as it stands."""

import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parents[2]
CATALOGUES = ROOT / "locale/fr/LC_MESSAGES"
ROOMS = (
    *("gateways", "fleets", "callbacks", "remotes", "campaigns", "alerts", "connections", "console", "plots"),
    "fleetremote",
)
PLURALS = {"ngettext": (1, 2), "ngettext_lazy": (1, 2)}
KEYWORDS = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop")),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), ((1, "c"), 2)),
    **PLURALS,
}

# A context or none, and the text with its plural.
Key = tuple[str | None, str | tuple[str, ...]]


def said_in_python() -> Iterator[Key]:
    for room in ROOMS:
        for path in (ROOT / room).rglob("*.py"):
            yield from _keys("python", path.read_bytes())


def said_in_templates() -> Iterator[Key]:
    for path in (ROOT / "templates").rglob("*.html"):
        source = templatize(path.read_text(), origin=str(path))
        # Django makes a sort of Python of it, with crosses for the rest and without regard for indents.
        calls = "\n".join(
            re.findall(r"(?:_|n?p?gettext)\((?:[^()\"']|\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*')*\)", source)
        )
        yield from _keys("python", calls.encode())


def said_in_scripts() -> Iterator[Key]:
    for path in (ROOT / "static").rglob("*.js"):
        yield from _keys("javascript", path.read_bytes())


def catalogue(domain: str) -> Catalog:
    with (CATALOGUES / f"{domain}.po").open("rb") as file:
        return read_po(file, locale="fr", abort_invalid=True)


def compiled(domain: str) -> Catalog:
    return read_mo(BytesIO((CATALOGUES / f"{domain}.mo").read_bytes()))


def messages(domain: str) -> list[Message]:
    return [message for message in catalogue(domain) if message.id]


def key_of(message: Message) -> Key:
    # Of a compiled catalogue Babel gives the context in bytes.
    context = message.context.decode() if isinstance(message.context, bytes) else message.context
    return context, tuple(message.id) if isinstance(message.id, list | tuple) else message.id


def texts_of(message: Message) -> list[tuple[str, str]]:
    """Each form with its translation."""
    forms = [message.id] if isinstance(message.id, str) else [*message.id]
    translated = [message.string] if isinstance(message.string, str) else [*(message.string or ())]
    return list(zip(forms, translated, strict=True))


def _keys(method: str, source: bytes) -> Iterator[Key]:
    for _line, found, _comments, context in extract(method, BytesIO(source), keywords=KEYWORDS):
        yield context, found
