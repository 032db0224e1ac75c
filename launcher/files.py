"""Small files that other users mustn't read."""

import json
import os
import secrets
from pathlib import Path
from typing import Any


def write_private(path: Path, text: str) -> None:
    """Replace `path` by `text` with mode 0600; a reader sees the old or the new text, never half."""
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}.new")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


def write_private_json(path: Path, content: Any) -> None:
    """Write `content` as readable JSON with mode 0600."""
    write_private(path, json.dumps(content, indent=2, ensure_ascii=False) + "\n")


def read_json(path: Path) -> dict[str, Any]:
    """Return the JSON object in `path`; an empty one when there is no such file.

    Raises ValueError when the file holds anything else.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    content = json.loads(text)
    if not isinstance(content, dict):
        raise ValueError(f"{path} doesn't hold a JSON object.")
    return content
