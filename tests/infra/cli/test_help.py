"""The help of every command, and what importing one costs."""

from __future__ import annotations

import shlex
import subprocess
import sys
from pathlib import Path

import click
import pytest

from infra import ROOT
from infra.cli import reference
from infra.cli.app import COMMANDS, app
from tests.support.cli.leaves import LEAVES
from tests.support.cli.staffetta_command import failing, invoke, staffetta

ROOT_CONTEXT = click.Context(app, info_name="staffetta", **app.context_settings)
HEAVY = ("moto", "aws_cdk", "aiohttp", "aiosmtpd", "boto3", "botocore", "cryptography", "jinja2", "rich", "yaml")
LISTING = [
    ("keys", "list"),
    ("tokens", "list"),
    ("messages", "list"),
    ("stats", "list"),
    ("webhooks", "list"),
    ("types", "list"),
    ("audit",),
    ("starters", "list"),
    ("contacts", "show"),
    ("sending", "status"),
]


def modules_of(code: str) -> set[str]:
    """The heavy modules that a new process has imported after some code."""
    probe = f"{code}\nimport sys\nprint(*sorted(set({HEAVY!r}) & sys.modules.keys()))"
    done = subprocess.run([sys.executable, "-c", probe], cwd=ROOT, capture_output=True, text=True, check=True)
    return set(done.stdout.splitlines()[-1].split())


@pytest.mark.parametrize("words", [(), *LISTING], ids=" ".join)
def test_help_imports_nothing_heavy(words: tuple[str, ...]) -> None:
    run = f"from infra.cli.app import app\napp({[*words, '--help']!r}, standalone_mode=False)"
    assert modules_of(run) == set()


def test_listing_keys_imports_the_sdk_and_no_local_stack() -> None:
    run = (
        "from infra.cli.app import app\n"
        "try:\n    app(['keys', 'list', '--stage', 'local'], standalone_mode=False)\n"
        "except Exception as error:\n    print(error)"
    )
    assert modules_of(f"import os\nos.environ['AWS_ENDPOINT_URL'] = 'http://127.0.0.1:1'\n{run}") == {
        "boto3",
        "botocore",
    }


@pytest.mark.parametrize("words", LEAVES, ids=" ".join)
def test_a_command_has_a_help_and_examples_that_parse(
    words: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "emails").mkdir()
    (tmp_path / "theme").mkdir()
    monkeypatch.chdir(tmp_path)
    command = LEAVES[words]
    assert command.help
    examples: list[str] = getattr(command, "examples", [])
    assert examples
    for example in examples:
        typed = [word for word in shlex.split(example, comments=True) if word != "eval"]
        line = typed[0] if typed[0].startswith("$(") else example.partition(" > ")[0]
        name, *arguments = shlex.split(line.strip("$()"), comments=True)
        assert (name, *arguments[: len(words)]) == ("staffetta", *words)
        command.make_context(" ".join(words), arguments[len(words) :], parent=ROOT_CONTEXT)


@pytest.mark.parametrize("words", LEAVES, ids=" ".join)
def test_an_option_states_its_default_or_is_optional(words: tuple[str, ...]) -> None:
    for parameter in LEAVES[words].params:
        if isinstance(parameter, click.Option):
            assert parameter.help, parameter.name
    printed = staffetta(*words, "--help")
    assert ("--stage NAME" in printed) == ("[default: prod]" in " ".join(printed.split()))


def test_the_root_lists_all_commands_and_the_version() -> None:
    printed = staffetta("--help")
    assert all(f"  {name} " in printed for name in COMMANDS)
    assert staffetta("--version").startswith("staffetta 0.")


def test_an_unknown_command_is_wrong_usage() -> None:
    assert "No such command 'key'. Did you mean 'keys'?" in failing("key", exit_code=2)


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_completes(shell: str) -> None:
    assert "_STAFFETTA_COMPLETE" in staffetta("completion", shell)


@pytest.mark.parametrize(
    ("line", "expected"),
    [("staffetta ke", ["keys"]), ("staffetta messages list --status bounced,f", ["bounced,failed"])],
)
def test_a_shell_gets_completions(line: str, expected: list[str]) -> None:
    words = line.split()
    environment = {"_STAFFETTA_COMPLETE": "bash_complete", "COMP_WORDS": line, "COMP_CWORD": str(len(words) - 1)}
    run = "from infra.cli.app import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", run], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.stdout.split() == [f"plain,{one}" for one in expected]


def test_the_reference_is_the_help() -> None:
    """Write it again with `python -m infra.cli.reference > docs/cli.md`."""
    assert (ROOT / "docs/cli.md").read_text("utf-8") == reference.text()


def test_a_bug_shows_its_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise KeyError("a bug")

    monkeypatch.setattr("functions.routes.openapi.document", broken)
    with pytest.raises(KeyError, match="a bug"):
        invoke("openapi")
