"""Where scripts find what they say in the reader's language, and the page that one comes back to in another one."""

from django import template
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language

from console.languages import words_version

register = template.Library()


@register.simple_tag
def script_words_url() -> str:
    """Empty in the language that scripts are written in."""
    language = get_language() or settings.LANGUAGE_CODE
    if language == settings.LANGUAGE_CODE:
        return ""
    return reverse("script-words", args=[language, words_version(language)])


@register.filter
def as_page(request: HttpRequest) -> str:
    """The address to come back to; the start where this page is the answer to a form."""
    return request.get_full_path() if request.method in ("GET", "HEAD") else reverse("fleets")
