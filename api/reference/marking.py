"""Texts of an OpenAPI document on a page: what stands between backticks is code."""

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString


def marked(text: str) -> SafeString:
    """`text` as HTML, without any other mark of Markdown."""
    parts = [format_html("<code>{}</code>", part) if at % 2 else part for at, part in enumerate(text.split("`"))]
    return format_html_join("", "{}", ((part,) for part in parts))
