"""The rows of attributes in the form of a callback: type, key and value each."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from protocol.canonical import JsonObject
from protocol.canonical.attributes import is_secret

# As many as the wire takes.
ROWS = 50

_TYPES = [("Header", gettext_lazy("Header")), ("Query", gettext_lazy("Query")), ("Body", gettext_lazy("Body"))]


@dataclass(frozen=True)
class AttributeRow:
    number: int
    type: BoundField
    key: BoundField
    value: BoundField


def attribute_fields() -> dict[str, forms.Field]:
    """The fields of all rows."""
    quiet = {"spellcheck": "false", "autocomplete": "off"}
    fields: dict[str, forms.Field] = {}
    for row in range(1, ROWS + 1):
        fields[f"type{row}"] = _field(_("Type of attribute %(number)s"), row, forms.Select(choices=_TYPES))
        fields[f"key{row}"] = _field(_("Key of attribute %(number)s"), row, forms.TextInput(attrs=dict(quiet)))
        fields[f"value{row}"] = _field(_("Value of attribute %(number)s"), row, forms.TextInput(attrs=dict(quiet)))
    return fields


def show_kept(form: forms.Form, stored: Sequence[JsonObject]) -> None:
    """Let the fields of stored secrets say that they are kept."""
    secrets = _secrets(stored)
    for row in range(1, ROWS + 1):
        if (form[f"type{row}"].value(), form[f"key{row}"].value()) in secrets:
            form.fields[f"value{row}"].widget.attrs["placeholder"] = _("Not shown; empty keeps it")


def attribute_values(attributes: Sequence[JsonObject]) -> dict[str, str]:
    """The values of the rows, without those that are secret."""
    values: dict[str, str] = {}
    for row, attribute in enumerate(attributes, 1):
        shown = "" if is_secret(attribute) else attribute["value"]
        values |= {f"type{row}": attribute["type"], f"key{row}": attribute["key"], f"value{row}": shown}
    return values


def attributes_of(cleaned: Mapping[str, Any], stored: Sequence[JsonObject]) -> list[tuple[int, JsonObject]]:
    """The rows that are filled in as attributes, each with its number. A secret that is left empty is as stored.

    Of several with the same type and key each is told by its place, as long as there are as many as are stored.
    """
    rows = {}
    for row in range(1, ROWS + 1):
        kind, key, value = (str(cleaned.get(f"{part}{row}") or "") for part in ("type", "key", "value"))
        if key or value:
            rows[row] = (kind, key, value)
    given = Counter((kind, key) for kind, key, _value in rows.values())
    kept = {place: values for place, values in _secrets(stored).items() if given[place] >= len(values)}
    found = []
    for row, (kind, key, value) in rows.items():
        secrets = kept.get((kind, key), [])
        secret = secrets.pop(0) if secrets else ""
        found.append((row, {"type": kind, "key": key, "value": value or secret}))
    return found


def filled_rows(form: forms.Form) -> int:
    """The number of the last row with something in it."""
    used = (row for row in range(1, ROWS + 1) if form[f"key{row}"].value() or form[f"value{row}"].value())
    return max(used, default=0)


def _secrets(stored: Sequence[JsonObject]) -> dict[tuple[str, str], list[str]]:
    """The values by type and key, in order."""
    found: dict[tuple[str, str], list[str]] = {}
    for item in stored:
        if is_secret(item):
            found.setdefault((item["type"], item["key"]), []).append(item["value"])
    return found


def _field(label: str, row: int, widget: forms.Widget) -> forms.CharField:
    return forms.CharField(required=False, label=label % {"number": row}, widget=widget)
