"""Renders the widgets that pages are full of without Django's templates of them, which took half of a list's time."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from django.forms.renderers import DjangoTemplates
from django.http import HttpRequest
from django.utils.formats import localize
from django.utils.html import conditional_escape
from django.utils.safestring import SafeData, SafeString


class WidgetRenderer(DjangoTemplates):
    """As Django's own, whose answers it gives for all widgets (tests/console/frame/test_widgets.py)."""

    def render(self, template_name: str, context: dict[str, Any], request: HttpRequest | None = None) -> str:
        quick = _QUICK.get(template_name)
        return quick(context["widget"]) if quick else super().render(template_name, context, request)


def _select(widget: Mapping[str, Any]) -> SafeString:
    """As django/forms/widgets/select.html."""
    return SafeString(f'<select name="{_shown(widget["name"])}"{_attributes(widget)}>{_groups(widget)}\n</select>')


def _groups(widget: Mapping[str, Any]) -> str:
    return "".join(part for name, options, _ in widget["optgroups"] for part in _group(name, options))


def _group(name: Any, options: list[dict[str, Any]]) -> Iterator[str]:
    if name:
        yield f'\n  <optgroup label="{_shown(name)}">'
    for option in options:
        yield (
            f'\n  <option value="{_as_text(option["value"])}"{_attributes(option)}>{_shown(option["label"])}</option>\n'
        )
    if name:
        yield "\n  </optgroup>"


def _input(widget: Mapping[str, Any]) -> SafeString:
    """As django/forms/widgets/input.html."""
    value = "" if widget["value"] is None else f' value="{_as_text(widget["value"])}"'
    return SafeString(
        f'<input type="{_shown(widget["type"])}" name="{_shown(widget["name"])}"{value}{_attributes(widget)}>'
    )


def _attributes(widget: Mapping[str, Any]) -> str:
    """As django/forms/widgets/attrs.html."""
    return "".join(
        f" {_shown(name)}" if value is True else f' {_shown(name)}="{_as_text(value)}"'
        for name, value in widget["attrs"].items()
        if value is not False
    )


def _shown(value: Any) -> str:
    """As a template shows a value."""
    return conditional_escape(localize(value))


def _as_text(value: Any) -> str:
    """As a template shows it with `stringformat:'s'`: no number is grouped."""
    return conditional_escape(value if isinstance(value, SafeData) else str(value))


_INPUTS = (
    *("input", "text", "number", "email", "url", "tel", "search"),
    *("hidden", "password", "checkbox", "date", "time"),
)
_QUICK: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "django/forms/widgets/select.html": _select,
    **dict.fromkeys((f"django/forms/widgets/{name}.html" for name in _INPUTS), _input),
}
