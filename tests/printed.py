"""What a management command prints."""

from io import StringIO
from typing import Any

from django.core.management import call_command


def printed_by(name: str, *words: str, **options: Any) -> str:
    out = StringIO()
    call_command(name, *words, stdout=out, **options)
    return out.getvalue()
