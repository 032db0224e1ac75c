"""What a check has found."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """`check` says what was looked at: a name, before it an account's and a slash where it is about one.

    `ok` None is a remark: something to know that keeps nothing from working. `words` in English say what was found and,
    where it is wrong, what to do.
    """

    check: str
    ok: bool | None
    words: str
