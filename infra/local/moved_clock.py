"""A clock that is ahead of the machine's by seconds in a file. The functions' processes map the file, so they are all moved at once."""

from __future__ import annotations

import mmap
import struct
import time
from datetime import UTC, datetime
from pathlib import Path

VARIABLE = "STAFFETTA_LOCAL_CLOCK"  # the path, in a function's process
_SECONDS = struct.Struct("d")


class MovedClock:
    """Returns seconds since the epoch, as time.time does."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with path.open("rb") as file:
            self._moved = mmap.mmap(file.fileno(), _SECONDS.size, access=mmap.ACCESS_READ)

    def __call__(self) -> float:
        return time.time() + self.moved

    @property
    def moved(self) -> float:
        """The seconds by which the clock is ahead."""
        seconds: float = _SECONDS.unpack_from(self._moved)[0]
        return seconds

    def now(self) -> datetime:
        return datetime.fromtimestamp(self(), UTC)

    def move(self, seconds: float) -> None:
        """Sets by how much the clock is ahead."""
        with self.path.open("r+b") as file:
            file.write(_SECONDS.pack(seconds))


def created(path: Path) -> MovedClock:
    """Returns the machine's time on a new file."""
    path.write_bytes(_SECONDS.pack(0.0))
    return MovedClock(path)
