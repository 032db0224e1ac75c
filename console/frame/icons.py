"""The icons of pages: one file holds them all, and each place names its own."""

from functools import cache

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag
@cache
def icon(name: str) -> SafeString:
    """The symbol of static/icons.svg that is called so. Kept, since a page shows dozens and lists hundreds."""
    return format_html(
        '<svg class="icon" aria-hidden="true" width="18" height="18"><use href="{}#{}"/></svg>',
        static("icons.svg"),
        name,
    )
