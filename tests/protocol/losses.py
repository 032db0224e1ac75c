"""What a document has lost on its way."""

from typing import Any


def lost(before: Any, after: Any, path: str = "") -> list[str]:
    """Paths of what stands in one document and not in another, which may hold more."""
    if isinstance(before, dict) and isinstance(after, dict):
        return [what for name, value in before.items() for what in lost(value, after.get(name), f"{path}.{name}")]
    if isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        return [what for n, (a, b) in enumerate(zip(before, after, strict=True)) for what in lost(a, b, f"{path}[{n}]")]
    return [] if before == after else [f"{path}: {before!r} is {after!r}"]
