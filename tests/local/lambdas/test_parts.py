"""Parts of a function's life that need no deployment: names, the source tree, output, the Runtime API's refusals."""

from __future__ import annotations

import asyncio
import json
import os
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest

from infra.local.lambdas import function_name
from infra.local.lambdas.code import Code
from infra.local.lambdas.process import LONGEST_LINE, Process
from infra.local.lambdas.runtime_api import VERSION, Invocation, RuntimeApi
from tests.support.local.deployed import run

if TYPE_CHECKING:
    from pathlib import Path

ARN = "arn:aws:lambda:us-east-1:123456789012:function:send"


@pytest.mark.parametrize(
    "named",
    [
        "send",
        "send:$LATEST",
        ARN,
        f"{ARN}:live",
        f"arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{ARN}/invocations",
    ],
)
def test_function_name_of_every_form(named: str) -> None:
    """Mappings, integrations and authorizers refer to functions in different forms."""
    assert function_name(named) == "send"


def test_code_is_checked_once_per_interval(tmp_path: Path) -> None:
    """Only modules and templates count, and a second check within the interval does nothing."""
    (tmp_path / "functions").mkdir()
    (tmp_path / "templates").mkdir()
    now = [0.0]
    code = Code(tmp_path, interval_s=0.5, clock=lambda: now[0])
    first = code.version()
    (tmp_path / "functions" / "a.py").write_text("1")
    assert code.version() == first
    now[0] = 0.5
    second = code.version()
    assert second > first
    (tmp_path / "functions" / "a.pyc").write_text("1")
    now[0] = 1.0
    assert code.version() == second
    (tmp_path / "templates" / "a.html").write_text("1")
    now[0] = 1.5
    third = code.version()
    assert third > second
    (tmp_path / "functions" / "a.py").unlink()
    now[0] = 2.0
    assert code.version() > third


def test_a_slow_disk_is_checked_less_often(tmp_path: Path) -> None:
    (tmp_path / "functions").mkdir()
    now = [0.0]

    def clock() -> float:
        now[0] += 0.1  # a check reads the clock twice, and so takes a tenth of a second
        return now[0]

    code = Code(tmp_path, interval_s=0.5, clock=clock)
    now[0] = 1.0
    first = code.version()
    (tmp_path / "functions" / "a.py").write_text("1")
    now[0] = 5.0
    assert code.version() == first
    now[0] = 7.0
    assert code.version() > first


def test_output_of_any_size_and_encoding_arrives(tmp_path: Path) -> None:
    """A very long line comes in pieces, invalid text is replaced, and a last line needs no newline."""
    (tmp_path / "awslambdaric.py").write_text(
        "import sys\n"
        f"sys.stdout.write('x' * {3 * LONGEST_LINE} + '\\n')\n"
        "sys.stdout.flush()\n"
        "sys.stdout.buffer.write(b'\\xff two\\r\\xc2\\xa0three\\nlast')\n"
    )
    lines: list[str] = []

    async def scenario() -> int:
        env = {"PYTHONPATH": os.fspath(tmp_path), "PATH": os.environ["PATH"]}
        process = await Process.spawn("h", code_root=tmp_path, env=env, log=lines.append)
        return await process.exited

    assert run(scenario()) == 0
    assert sum(len(line) for line in lines[:-3]) == 3 * LONGEST_LINE
    assert lines[-3:] == ["\ufffd two", " three", "last"]


def test_runtime_api_refuses_unexpected_requests() -> None:
    """An unknown request id or path is an error to the runtime, and has no effect."""

    async def scenario() -> None:
        api = RuntimeApi(ARN, 3)
        base = f"http://{await api.start()}{VERSION}"
        async with aiohttp.ClientSession() as session:

            async def post(path: str, body: Any) -> int:
                async with session.post(f"{base}/{path}", data=body) as response:
                    return response.status

            assert await post("invocation/none/response", b"1") == 400
            assert await post("invocation/none/error", b"{}") == 400
            assert await post("elsewhere", b"") == 404
            invocation = Invocation(b'{"a": 1}')
            api.offer(invocation)
            async with session.get(f"{base}/invocation/next") as response:
                assert await response.json() == {"a": 1}
                assert response.headers["Lambda-Runtime-Aws-Request-Id"] == invocation.request_id
                assert response.headers["Lambda-Runtime-Invoked-Function-Arn"] == ARN
            assert await post(f"invocation/{invocation.request_id}/error", b"no json") == 202
            assert await post(f"invocation/{invocation.request_id}/response", b"2") == 202
        result = invocation.outcome.result()
        assert result.error is not None
        assert (result.error.type, result.error.message) == ("Runtime.Unknown", "no json")
        await asyncio.wait_for(api.stop(), 2)

    run(scenario())


def test_answer_that_is_no_json_is_an_error() -> None:
    """A runtime client can post any bytes."""

    async def scenario() -> None:
        api = RuntimeApi(ARN, 3)
        invocation = Invocation(json.dumps({}).encode())
        api._current = invocation
        api._take_response(invocation.request_id, b"{")
        error = invocation.outcome.result().error
        assert error is not None
        assert error.type == "Runtime.InvalidResponse"

    run(scenario())
