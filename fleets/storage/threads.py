"""What a process does again and again beside its work."""

import logging
import threading
import time
from collections.abc import Callable

logger = logging.getLogger(__name__)


def repeat(name: str, work: Callable[[], None], every: float, *, at_once: bool = True) -> None:
    """Do it every so many seconds in a thread of its own, from now on or after the first of them.

    What it raises is logged.
    """

    def go_on() -> None:
        if not at_once:
            time.sleep(every)
        while True:
            try:
                work()
            except Exception:
                logger.exception("The thread %s failed; it goes on.", name)
            time.sleep(every)

    threading.Thread(target=go_on, name=name, daemon=True).start()
