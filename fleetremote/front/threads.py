"""Threads that ask the database for streams: few, and theirs alone, so that nothing else waits for them."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from django.db import close_old_connections

T = TypeVar("T")

# Each keeps one database connection.
THREADS = 2

POOL = ThreadPoolExecutor(THREADS, "streams")


async def in_thread(call: Callable[[], T]) -> T:
    """What the call gives or raises; its thread is free as soon as that is known."""
    return await asyncio.get_running_loop().run_in_executor(POOL, _called, call)


def _called(call: Callable[[], T]) -> T:
    close_old_connections()
    try:
        return call()
    finally:
        close_old_connections()
