"""A fleet with its people, as pages have it."""

from tests.console.conftest import camille, log_in, viktor, world

__all__ = ["camille", "log_in", "viktor", "world"]
