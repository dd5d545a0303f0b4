"""Each program of the ready code sends the same body."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from typing import Any

from functions.core.emails.send_snippets import SendCall
from infra import node

CALL = SendCall(
    host="https://api.example.com",
    email_id=7,
    transactional=True,
    contact={"firstname": "O'Neil"},
    custom={"order": {"paid": True, "note": 'a \\ "b" $HOME', "none": None}},
)

BODY = json.loads(CALL.body())


def test_the_shell_sends_the_same_body() -> None:
    words = shlex.split(CALL.snippet("curl").replace("\\\n", " "))
    assert json.loads(words[words.index("--data") + 1]) == BODY


def test_python_sends_the_same_body() -> None:
    body = CALL.snippet("python").split("headers = ")[0]
    printed = subprocess.run(
        [sys.executable, "-c", f"{body}\nprint(json.dumps(body))"], capture_output=True, check=True
    )
    assert json.loads(printed.stdout) == BODY
    compile(CALL.snippet("python"), "snippet", "exec")


def test_node_sends_the_same_body(tmp_path: Any) -> None:
    script = tmp_path / "snippet.mjs"
    script.write_text(CALL.snippet("node").split("const response")[0] + "console.log(JSON.stringify(body))")
    assert json.loads(node.run(script)) == BODY


def test_php_has_the_same_body_as_text() -> None:
    literal = CALL.snippet("php").split("$body = '")[1].split("';\n$headers")[0]
    assert json.loads(literal.replace("\\'", "'").replace("\\\\", "\\")) == BODY
