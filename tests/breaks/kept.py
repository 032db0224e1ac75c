"""What a kept break is, and all of them."""

import importlib
import pkgutil
from dataclasses import dataclass

from tests import breaks


@dataclass(frozen=True)
class Break:
    """`old` stands exactly once in the file and is replaced by `new`; then at least one of `tests` must fail."""

    name: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]


def all_breaks() -> tuple[Break, ...]:
    """Those of every module of this package that has BREAKS."""
    names = sorted(module.name for module in pkgutil.iter_modules(breaks.__path__) if not module.name.startswith("_"))
    modules = [importlib.import_module(f"{breaks.__name__}.{name}") for name in names if not name.startswith("test_")]
    return tuple(kept for module in modules for kept in getattr(module, "BREAKS", ()))
