"""The version of the source tree, a number that grows with every change. Environments of an older version are retired."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

PAUSE = 50  # times as long as a check takes
Snapshot: TypeAlias = frozenset[tuple[str, int, int]]  # path, mtime in ns, size


class Code:
    """Checks `functions/**/*.py` and everything under `templates/` for changes, at most once per `interval_s` and only on request. A slow
    disk is checked less often: the checks take at most a fiftieth of the time.
    """

    def __init__(self, root: Path, *, interval_s: float = 0.5, clock: Callable[[], float] = time.monotonic) -> None:
        self.root = root
        self._interval_s = interval_s
        self._clock = clock
        self._snapshot = self._take_snapshot()
        self._check_again_at = clock() + interval_s
        self._version = 1

    def version(self) -> int:
        """Returns the version of the files on disk, as of the last check."""
        now = self._clock()
        if now >= self._check_again_at:
            snapshot = self._take_snapshot()
            pause = PAUSE * (self._clock() - now) if self._interval_s else 0.0  # 0: at each request
            self._check_again_at = now + max(self._interval_s, pause)
            self._version += snapshot != self._snapshot
            self._snapshot = snapshot
        return self._version

    def _take_snapshot(self) -> Snapshot:
        return frozenset([*_files(self.root / "functions", ".py"), *_files(self.root / "templates", "")])


def _files(folder: Path, suffix: str) -> Iterator[tuple[str, int, int]]:
    for directory, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(directory, name)  # noqa: PTH118  a Path per file costs more than the check itself
            if name.endswith(suffix) and (state := _state(path)) is not None:
                yield path, *state


def _state(path: str) -> tuple[int, int] | None:
    """Returns a file's time and size, or None if an editor removed it since it was listed."""
    try:
        state = os.stat(path)  # noqa: PTH116  as above
    except FileNotFoundError:
        return None
    return state.st_mtime_ns, state.st_size
