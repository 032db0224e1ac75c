"""A yard of one vehicle, as the tests of remote actions have it."""

from tests.remotes.conftest import cloud, notify, yard

__all__ = ["cloud", "notify", "yard"]
