"""Generators build clients from /openapi.json. Each client compiles under strict checks and sends a mail with its required fields only."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from infra import node
from tests.end_to_end.service import Service

CLIENTS = Path(__file__).parent / "generated_clients"
PYTHON = """
import sys
from client import AuthenticatedClient
from client.api.default import single_send
from client.models import SingleSendMessage, SingleSendRequest

url, key, email_id, to = sys.argv[1:]
client = AuthenticatedClient(base_url=url, token=key)
request = SingleSendRequest(email_id=int(email_id), message=SingleSendMessage(to=to))
print(single_send.sync(client=client, body=request).status_id)
"""


@pytest.fixture(scope="module")
def home(service: Service, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with the document, the generators and the programs that use their clients."""
    try:
        modules = node.packages(CLIENTS)
    except node.NodeError as error:
        pytest.skip(f"the generators cannot be installed here: {error}")
    home = tmp_path_factory.mktemp("generated")
    (home / "node_modules").symlink_to(modules)
    (home / "openapi.json").write_text(json.dumps(service.http.get("/openapi.json").json()))
    for program in CLIENTS.glob("*.ts"):
        shutil.copy(program, home)
    return home


def test_openapi_typescript(service: Service, home: Path) -> None:
    generate(home, "openapi-typescript/bin/cli.js", "openapi.json", "--output", "openapi-typescript.ts")
    compile_typescript(home, "openapi-fetch.ts")
    assert_sends(service, [str(node._NODE), "openapi-fetch.js"], home)


def test_hey_api(service: Service, home: Path) -> None:
    generate(home, "@hey-api/openapi-ts/bin/run.js", "--input", "openapi.json", "--output", "hey-api")
    compile_typescript(home, "hey-api.ts")
    assert_sends(service, [str(node._NODE), "hey-api.js"], home)


def test_openapi_python_client(service: Service, tmp_path: Path) -> None:
    (tmp_path / "openapi.json").write_text(json.dumps(service.http.get("/openapi.json").json()))
    (tmp_path / "config.json").write_text('{"post_hooks": []}')
    command = ["-m", "openapi_python_client", "generate", "--path", "openapi.json", "--config", "config.json"]
    printed = run(tmp_path, [sys.executable, *command, "--meta", "none", "--output-path", "client"])
    assert "Warning" not in printed
    (tmp_path / "send.py").write_text(PYTHON)
    assert_sends(service, [sys.executable, "send.py"], tmp_path)


def generate(home: Path, generator: str, *arguments: str) -> None:
    run(home, [str(node._NODE), str(home / "node_modules" / generator), *arguments])


def compile_typescript(home: Path, program: str) -> None:
    compiler = home / "node_modules" / "typescript" / "bin" / "tsc"
    kind = ("--module", "commonjs", "--moduleResolution", "node10", "--target", "es2022", "--lib", "es2022,dom")
    run(home, [str(node._NODE), str(compiler), "--strict", "--types", "node", *kind, program])


def assert_sends(service: Service, command: list[str], home: Path) -> None:
    to = f"{home.name}-{command[-1]}@clients.example.net"
    email_id = publish(service)
    status_id = run(home, [*command, service.ready.api_url, service.ready.api_key, email_id, to]).strip()
    service.settle()
    assert service.status(status_id)["sendResult"] == "SENT"
    assert len(service.mails(f"to:{to}")) == 1


def publish(service: Service) -> str:
    """An email without required properties."""
    content = {"subject": "Hello", "html": "<p>It works.</p>", "text": "It works."}
    draft = {"name": "generated", "subject": "Hello", "content": content, "from": {"replyTo": "shop@example.com"}}
    created = service.http.post("/marketing/v3/emails", json=draft).json()
    assert service.http.post(f"/marketing/v3/emails/{created['id']}/publish").ok
    return str(created["id"])


def run(home: Path, command: list[str]) -> str:
    done = subprocess.run(command, cwd=home, capture_output=True, text=True, timeout=100, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr
