"""What a kept break is: a small change that a fault could be, and the tests that must notice it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Break:
    """`old` stands exactly once in the file; `tests` are pytest targets of which at least one must fail."""

    name: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]
