"""The CDK app's process, while the local stack starts."""

from __future__ import annotations

import asyncio
import os
import select
import sys
from pathlib import Path

import pytest

from infra.local import assembly


def test_an_interrupted_start_leaves_no_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C does not reach the app and its Node, since they have a session of their own. A pipe ends with the last that holds it."""
    reader, writer = os.pipe()
    app = tmp_path / "app"
    app.write_text(f"#!/bin/sh\nexec 3>/proc/{os.getpid()}/fd/{writer}\nsleep 600 &\necho started >&3\nwait\n")
    app.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(app))

    async def interrupted() -> None:
        start = asyncio.create_task(assembly._run_app({}))
        assert await asyncio.to_thread(os.read, reader, 100) == b"started\n"
        start.cancel()
        with pytest.raises(asyncio.CancelledError):
            await start

    asyncio.run(interrupted())
    os.close(writer)
    assert select.select([reader], [], [], 10)[0]
    assert os.read(reader, 100) == b""
    os.close(reader)
