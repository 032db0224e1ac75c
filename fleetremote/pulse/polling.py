"""What a worker does when Celery hands it nothing: it looks for what is due in the rows, and does it itself.

The tasks are the same, so are their claims and leases: what a message brings after all is done once.
"""

import logging
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from celery import Celery
from django.db import connections

from fleets.storage.wake import handing_to

logger = logging.getLogger(__name__)

# What finds the work of a queue, where that is not the queue's own.
FINDS = {"commands": "remotes.tasks.sweep", "deliveries": "callbacks.tasks.sweep_deliveries"}


class Polling:
    """The rows of a queue, and `threads` to do what is due there."""

    def __init__(self, app: Celery, queue: str, threads: int) -> None:
        self.app, self.queue, self.threads = app, queue, threads
        self._pool: ThreadPoolExecutor | None = None
        self._under_way: set[tuple[str, str]] = set()
        self._done_at: dict[str, float] = {}

    def poll(self) -> None:
        """Do what finds the work of the queue, each as often as Celery's clock would have asked for it."""
        if self._pool is None:
            self._pool = ThreadPoolExecutor(self.threads, thread_name_prefix="polling")
            logger.warning("Celery hands nothing to the worker for %s: it looks for what is due by itself.", self.queue)
        for task, seconds in self._finders().items():
            now = time.monotonic()
            if now - self._done_at.get(task, -seconds) >= seconds:
                self._done_at[task] = now
                # Those of its own queue take their time: they are jobs like all others.
                if self.queue in FINDS:
                    self._find(task)
                else:
                    self._take(task, [])

    def rest(self) -> None:
        """Celery hands out work again."""
        if self._pool is not None:
            logger.warning("Celery hands work to the worker for %s again.", self.queue)
            self._pool.shutdown(wait=False)
            self._pool = None

    def _finders(self) -> Mapping[str, float]:
        schedule: dict[str, Any] = self.app.conf.beat_schedule
        seconds = {entry["task"]: float(entry["schedule"]) for entry in schedule.values()}
        wanted = FINDS.get(self.queue)
        return seconds if wanted is None else {wanted: seconds[wanted]}

    def _find(self, task: str) -> None:
        with handing_to(self._take):
            self.app.tasks[task]()

    def _take(self, task: str, args: list[Any]) -> bool:
        """Do it in a thread, if it is this queue's; once at a time."""
        routes: dict[str, Any] = self.app.conf.task_routes
        if routes.get(task, {}).get("queue", self.app.conf.task_default_queue) != self.queue:
            return False
        job, pool = (task, repr(args)), self._pool
        if pool is not None and job not in self._under_way:
            self._under_way.add(job)
            try:
                pool.submit(self._do, job, task, args)
            except RuntimeError:
                # It is over meanwhile: Celery hands out work again.
                self._under_way.discard(job)
        return True

    def _do(self, job: tuple[str, str], task: str, args: list[Any]) -> None:
        try:
            with handing_to(self._take):
                self.app.tasks[task](*args)
        except Exception:
            logger.exception("%s failed for %s", task, args)
        finally:
            self._under_way.discard(job)
            # The thread may be gone before anybody else needs one.
            connections.close_all()
