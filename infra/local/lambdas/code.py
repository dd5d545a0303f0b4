"""The state of the source tree, as a number that grows with every change: environments of an older number retire."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

Snapshot: TypeAlias = frozenset[tuple[str, int, int]]  # path, mtime in ns, size


class Code:
    """Looks at `functions/**/*.py` and everything under `templates/`, at most once in `interval_s` and only when asked."""

    def __init__(self, root: Path, *, interval_s: float = 0.5, clock: Callable[[], float] = time.monotonic) -> None:
        self.root = root
        self._interval_s = interval_s
        self._clock = clock
        self._looked_at = clock()
        self._seen = self._look()
        self._version = 1

    def version(self) -> int:
        """The number of the state on disk, as far as the interval lets us know."""
        now = self._clock()
        if now - self._looked_at >= self._interval_s:
            self._looked_at = now
            seen = self._look()
            self._version += seen != self._seen
            self._seen = seen
        return self._version

    def _look(self) -> Snapshot:
        return frozenset([*_files(self.root / "functions", ".py"), *_files(self.root / "templates", "")])


def _files(folder: Path, suffix: str) -> Iterator[tuple[str, int, int]]:
    for directory, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(directory, name)  # noqa: PTH118  a Path per file costs more than the look itself
            if name.endswith(suffix) and (found := _state(path)) is not None:
                yield path, *found


def _state(path: str) -> tuple[int, int] | None:
    """None for a file that an editor removed between listing and looking."""
    try:
        found = os.stat(path)  # noqa: PTH116  as above
    except FileNotFoundError:
        return None
    return found.st_mtime_ns, found.st_size
