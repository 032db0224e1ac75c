"""Threads that ask the database for streams: few, and theirs alone, so that nothing else waits for them."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from django.db import close_old_connections

T = TypeVar("T")

# Each thread keeps one database connection. Looks do not wait behind a crowd that asks to be let in.
OPENING = ThreadPoolExecutor(2, "streams-opening")
LOOKING = ThreadPoolExecutor(1, "streams-looking")
THREADS = 3


async def in_thread(pool: ThreadPoolExecutor, call: Callable[[], T]) -> T:
    """What the call gives or raises; its thread is free as soon as that is known."""
    return await asyncio.get_running_loop().run_in_executor(pool, _called, call)


def _called(call: Callable[[], T]) -> T:
    close_old_connections()
    try:
        return call()
    finally:
        close_old_connections()
