"""Ids as other programs write them."""


def id_text(value: object) -> str | None:
    """An id as text, which some clouds write as a whole number; None where it is neither."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value if isinstance(value, str) else None
