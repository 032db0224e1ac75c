"""Ids as other programs write them."""


def id_text(value: object) -> str | None:
    """An id as text, which some clouds write as a whole number; None where it is neither."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value if isinstance(value, str) else None


def vin_capitals(vin: str) -> str:
    """A VIN as it is meant: some clouds write small letters. What is not ASCII is no VIN, and stays as it is."""
    return vin.upper() if vin.isascii() else vin
