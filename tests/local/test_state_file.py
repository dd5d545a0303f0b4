"""What a running local stack writes about itself, and what a command finds of it."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from infra.cli.stage import Stage
from infra.local import private_file, state_file
from infra.local.state_file import RunningStack
from tests.support.cli.staffetta_command import failing

STACK = RunningStack(
    pid=os.getpid(),
    started_at="2026-11-29T10:00:00.000+00:00",
    region="us-east-1",
    aws_url="http://127.0.0.1:4566",
    api_url="http://127.0.0.1:8080",
    mailbox_url="http://127.0.0.1:8025",
    clock_file="/state/clock",
    smtp_host="127.0.0.1",
    smtp_port=2587,
    smtps_port=2465,
    smtp_certificate="/state/localhost.crt",
)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    return tmp_path / "staffetta"


@pytest.fixture
def other_pid() -> Iterator[int]:
    """The id of another running process."""
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        yield process.pid
        process.kill()


@pytest.fixture
def dead_pid() -> int:
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait()
    return process.pid


def test_the_folder_is_the_users(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", "/state")
    assert state_file.folder() == Path("/state/staffetta")
    monkeypatch.delenv("XDG_STATE_HOME")
    monkeypatch.setenv("HOME", "/home/ada")
    assert state_file.folder() == Path("/home/ada/.local/state/staffetta")


def test_the_file_is_private_and_gone_at_the_end(folder: Path) -> None:
    with state_file.written(STACK):
        (path,) = folder.iterdir()
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert Stage("local").running == STACK
    assert list(folder.iterdir()) == []


def test_a_private_file_replaces_one_that_others_may_read(tmp_path: Path) -> None:
    path = tmp_path / "ready.json"
    path.write_text("old")
    path.chmod(0o644)
    private_file.write(path, "new")
    assert (path.read_text(), stat.S_IMODE(path.stat().st_mode)) == ("new", 0o600)
    assert list(tmp_path.iterdir()) == [path]


def test_of_two_stacks_the_newest_is_the_stage(other_pid: int) -> None:
    newer = replace(STACK, pid=other_pid, started_at="2026-11-29T11:00:00.000+00:00", aws_url="http://127.0.0.1:5566")
    with state_file.written(STACK):
        with state_file.written(newer):
            assert Stage("local").running == newer
        assert Stage("local").running == STACK


def test_an_endpoint_of_the_environment_names_the_stack(other_pid: int, monkeypatch: pytest.MonkeyPatch) -> None:
    newer = replace(STACK, pid=other_pid, started_at="2026-11-29T11:00:00.000+00:00", aws_url="http://127.0.0.1:5566")
    with state_file.written(STACK), state_file.written(newer):
        monkeypatch.setenv("AWS_ENDPOINT_URL", STACK.aws_url)
        assert Stage("local").running == STACK
        monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
        assert Stage("local").running is None


def test_no_stack_is_one_clear_line() -> None:
    assert failing("keys", "list", "--stage", "local", exit_code=3) == (
        "staffetta: no local stack runs: start one with `staffetta local`\n"
    )


def test_the_next_stack_removes_the_file_of_a_killed_one(folder: Path, dead_pid: int) -> None:
    stale = folder / f"local-{dead_pid}.json"
    with state_file.written(replace(STACK, pid=dead_pid)):
        reported = failing("keys", "list", "--stage", "local", exit_code=3)
        left = stale.read_text()
    assert f"process {dead_pid}, is gone and left {stale} behind" in reported
    stale.write_text(left)
    with state_file.written(STACK):
        assert not stale.exists()
        assert Stage("local").running == STACK


@pytest.mark.parametrize("text", ["", "{}", "[1]", '{"pid": "x"}'])
def test_a_file_of_another_version_is_ignored(folder: Path, text: str) -> None:
    folder.mkdir()
    (folder / "local-1.json").write_text(text)
    assert state_file.find().alive == state_file.find().stale == []


def test_the_local_stack_gets_no_credentials_of_a_real_account(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAREAL")
    with state_file.written(STACK):
        client = Stage("local").client("dynamodb")
    assert client.meta.endpoint_url == STACK.aws_url
    assert client._request_signer._credentials.access_key == "local"
