"""One thread that does jobs in order: SES's events follow each other, and callers do not wait for them.

No library serves: a ThreadPoolExecutor begins before `start`, and does not report whether it is idle.
"""

import logging
import queue
import threading
from collections.abc import Callable

Job = Callable[[], None]

log = logging.getLogger(__name__)


class Worker:
    def __init__(self, name: str) -> None:
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._changed = threading.Condition()
        self._unfinished = 0
        self._stopped = False

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Finishes every job, then ends the thread."""
        with self._changed:
            self._stopped = True
        self._jobs.put(None)
        if self._thread.is_alive():
            self._thread.join()

    def put(self, job: Job) -> None:
        with self._changed:
            if self._stopped:
                raise RuntimeError("This worker was stopped and accepts no jobs.")
            self._unfinished += 1
            self._jobs.put(job)

    def idle(self) -> bool:
        with self._changed:
            return self._unfinished == 0

    def drain(self, deadline_s: float) -> bool:
        """Waits until idle, at most `deadline_s` seconds. Returns whether it is."""
        with self._changed:
            return self._changed.wait_for(lambda: self._unfinished == 0, deadline_s)

    def _run(self) -> None:
        while (job := self._jobs.get()) is not None:
            try:
                job()
            except Exception:  # one job is the record boundary: its failure must not end the others
                log.exception("A job of the SES simulator failed")
            with self._changed:
                self._unfinished -= 1
                self._changed.notify_all()
