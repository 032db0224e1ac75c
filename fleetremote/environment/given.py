"""What the environment gives: the variable NAME, or the text of the file that NAME_FILE names."""

import os
from collections.abc import Mapping
from pathlib import Path


def given(name: str, environ: Mapping[str, str] = os.environ) -> str | None:
    """The variable, or else its file's text without blanks around it; None for neither.

    Raises ValueError that names the variable where the file can't be read.
    """
    if name in environ:
        return environ[name]
    if f"{name}_FILE" not in environ:
        return None
    path = environ[f"{name}_FILE"]
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeError) as error:
        raise ValueError(f"{name}_FILE names {path}, which can't be read: {error}.") from error
