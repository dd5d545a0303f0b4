"""Which local stacks run. Each writes where it can be reached into a file of its own, next to the certificate, and removes it at its end.

A file has endpoints and ports, no key and no password. The file of a process that was killed stays: its reader reports it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from infra.local import private_file

_PATTERN = "local-*.json"


@dataclass(frozen=True, kw_only=True)
class RunningStack:
    pid: int
    started_at: str  # ISO 8601
    region: str
    aws_url: str
    api_url: str
    mailbox_url: str
    clock_file: str  # of its MovedClock
    smtp_host: str
    smtp_port: int
    smtps_port: int
    smtp_certificate: str


@dataclass(frozen=True)
class Stacks:
    alive: list[RunningStack]  # the newest first
    stale: list[RunningStack]  # their process is gone

    def stale_clause(self) -> str:
        """A clause about the newest stale file; empty without one."""
        if not self.stale:
            return ""
        last = self.stale[0]
        return f" (the one of {last.started_at}, process {last.pid}, is gone and left {path_of(last.pid)} behind)"


def folder() -> Path:
    """XDG's place for what a program keeps between its runs."""
    return Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local/state") / "staffetta"


def path_of(pid: int) -> Path:
    return folder() / f"local-{pid}.json"


@contextmanager
def written(stack: RunningStack) -> Iterator[None]:
    """The file exists for as long as the block runs. Stale files are removed first."""
    for stale in find().stale:
        path_of(stale.pid).unlink(missing_ok=True)
    folder().mkdir(parents=True, exist_ok=True)
    private_file.write(path_of(stack.pid), json.dumps(asdict(stack)))
    try:
        yield
    finally:
        path_of(stack.pid).unlink(missing_ok=True)


def find() -> Stacks:
    stacks = [stack for path in folder().glob(_PATTERN) if (stack := _read(path))]
    stacks.sort(key=lambda stack: stack.started_at, reverse=True)
    alive = [stack for stack in stacks if _is_alive(stack.pid)]
    return Stacks(alive, [stack for stack in stacks if stack not in alive])


def _read(path: Path) -> RunningStack | None:
    """Returns None for a file of another version, or one that was removed meanwhile."""
    try:
        values = json.loads(path.read_text("utf-8"))
        return RunningStack(**{field.name: values[field.name] for field in fields(RunningStack)})
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True  # another user's
    return True
