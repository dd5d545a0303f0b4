"""Files that only their owner may read, put into place in one piece."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def temporary(folder: Path, content: bytes) -> Iterator[Path]:
    """A file of mode 600, to be moved or linked to its place. It is removed if that did not happen."""
    handle, name = tempfile.mkstemp(dir=folder)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        yield Path(name)
    finally:
        Path(name).unlink(missing_ok=True)


def write(path: Path, text: str) -> None:
    """Replaces the file: a reader never sees half of it, nor one of another mode."""
    with temporary(path.parent, text.encode()) as part:
        part.replace(path)
