"""Deploys the CDK app to the local cloud: creates the template that `cdk deploy` would send, stack by stack."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import asdict, astuple, dataclass
from pathlib import Path
from typing import IO, Any

from infra import ROOT
from infra.local import template_cache
from infra.local.cloud import Cloud

DOMAIN = "example.com"


@dataclass(frozen=True)
class Addresses:
    """The addresses of the running stack, whose ports may differ at each start."""

    public_url: str
    mailbox_url: str
    smtp_server: str  # host:port:port, for STARTTLS and for TLS from the start


PLACEHOLDERS = Addresses("http://gateway.invalid", "http://mailbox.invalid", "smtp.invalid:587:465")
# Functions run from the source tree, so the asset needs no dependencies, which are for another processor anyway.
CONTEXT = {
    "staffetta:stage": "local",
    "staffetta:domain": DOMAIN,
    "staffetta:bundle": False,
    "staffetta:poolReady": True,  # a pool costs nothing here
    "staffetta:eventBridge": True,  # it costs nothing here
    "staffetta:webhooksToLocalhost": True,
    "staffetta:publicUrl": PLACEHOLDERS.public_url,
    "staffetta:mailboxUrl": PLACEHOLDERS.mailbox_url,
    "staffetta:smtpServer": PLACEHOLDERS.smtp_server,
}

BOOTSTRAP_MARK, BOOTSTRAP_VERSION = "/cdk-bootstrap/hnb659fds/version", "30"


class AssemblyError(Exception):
    """The CDK app cannot be synthesized, or its template cannot be deployed. The message is for a reader."""


@dataclass(frozen=True)
class StackTemplate:
    name: str
    body: str


async def synthesize(addresses: Addresses, event_sources: str = "") -> list[StackTemplate]:
    """Returns the app's stacks, dependencies first, with the addresses in place of PLACEHOLDERS. Raises AssemblyError."""
    context = CONTEXT | ({"staffetta:eventSources": event_sources} if event_sources else {})
    key = template_cache.key(context)
    text = template_cache.find(key)
    if text is None:
        text = json.dumps([asdict(stack) for stack in await _run_app(context)])
        if template_cache.key(context) == key:  # else a source changed meanwhile
            template_cache.store(key, text)
    for placeholder, address in zip(astuple(PLACEHOLDERS), astuple(addresses), strict=True):
        text = text.replace(placeholder, address)
    return [StackTemplate(**stack) for stack in json.loads(text)]


async def _run_app(context: Mapping[str, object]) -> list[StackTemplate]:
    """Runs the CDK app in its own process, since it starts Node."""
    with tempfile.TemporaryDirectory(prefix="staffetta-") as outdir, tempfile.TemporaryFile() as errors:
        app = _start_app(context, outdir, errors)
        try:
            status = await asyncio.to_thread(app.wait)
        except asyncio.CancelledError:
            os.killpg(app.pid, signal.SIGKILL)  # with its Node
            app.wait()
            raise
        if status:
            errors.seek(0)
            raise AssemblyError(f"the CDK app cannot be synthesized: {_last_line(errors.read())}")
        return read(Path(outdir))


def _start_app(context: Mapping[str, object], outdir: str, errors: IO[bytes]) -> subprocess.Popen[bytes]:
    """Starts it at once: an interruption during an asynchronous start would leave its Node."""
    return subprocess.Popen(
        (sys.executable, "-m", "infra.app"),
        cwd=ROOT,
        env={**os.environ, "CDK_CONTEXT_JSON": json.dumps(context), "CDK_OUTDIR": outdir},
        stdout=subprocess.DEVNULL,
        stderr=errors,
        start_new_session=True,  # we handle a Ctrl-C in the terminal
    )


def _last_line(errors: bytes) -> str:
    lines = [line for line in errors.decode("utf-8", "replace").splitlines() if line.strip()]
    return lines[-1].strip() if lines else "it printed no error"


def read(outdir: Path) -> list[StackTemplate]:
    artifacts: Mapping[str, Any] = json.loads((outdir / "manifest.json").read_text("utf-8"))["artifacts"]
    stacks = {name: artifact for name, artifact in artifacts.items() if artifact["type"] == "aws:cloudformation:stack"}
    return [
        StackTemplate(stacks[name]["properties"].get("stackName", name), _template(outdir, stacks[name]))
        for name in _dependencies_first(stacks)
    ]


def _template(outdir: Path, stack: Mapping[str, Any]) -> str:
    return Path(outdir, stack["properties"]["templateFile"]).read_text("utf-8")


def _dependencies_first(stacks: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    done: set[str] = set()

    def visit(name: str) -> Iterator[str]:
        if name in stacks and name not in done:
            done.add(name)
            for other in stacks[name].get("dependencies", []):
                yield from visit(other)
            yield name

    for name in stacks:
        yield from visit(name)


def bootstrap(cloud: Cloud) -> None:
    """Writes the parameter with the bootstrap version, which templates check and `cdk bootstrap` writes in AWS."""
    cloud.client("ssm").put_parameter(Name=BOOTSTRAP_MARK, Value=BOOTSTRAP_VERSION, Type="String", Overwrite=True)


def deploy(cloud: Cloud, stack: StackTemplate) -> dict[str, str]:
    """Creates the stack and returns its outputs. Raises AssemblyError with the failed resource and the reason."""
    cloudformation = cloud.client("cloudformation")
    try:
        cloudformation.create_stack(
            StackName=stack.name, TemplateBody=stack.body, Capabilities=["CAPABILITY_NAMED_IAM"]
        )
    except cloudformation.exceptions.ClientError as error:
        raise AssemblyError(f"stack {stack.name} cannot be deployed: {error}") from error
    (created,) = cloudformation.describe_stacks(StackName=stack.name)["Stacks"]
    if created["StackStatus"] != "CREATE_COMPLETE":
        raise AssemblyError(f"stack {stack.name} is {created['StackStatus']}: {created.get('StackStatusReason')}")
    return {output["OutputKey"]: output["OutputValue"] for output in created.get("Outputs", [])}
