"""Functions in real processes: the effects of a deployed configuration, and the results of failures."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import textwrap
import time
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from infra.local.cloud import Credentials
from infra.local.lambdas import Functions, FunctionThrottled, InvocationRefused, PayloadTooLarge, UnknownFunction
from tests.support.local.deployed import deploy_function, eventually, run

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from infra.local.cloud import Cloud

ROOT = os.fspath(Path(__file__).parents[3])
CODE = """
import os, sys, time
print("loaded")

def echo(event, context):
    return event

def look(event, context):
    return {
        "env": dict(os.environ), "pid": os.getpid(), "session": os.getsid(0), "cwd": os.getcwd(),
        "remaining": context.get_remaining_time_in_millis(), "arn": context.invoked_function_arn,
        "request": context.aws_request_id, "memory": context.memory_limit_in_mb, "client": context.client_context,
    }

def pid(event, context):
    return os.getpid()

def sleep(event, context):
    print("going to sleep")
    time.sleep(60)

def leave(event, context):
    print("last words")
    os._exit(event["status"])

def die(event, context):
    os.kill(os.getpid(), 9)

def fail(event, context):
    raise ValueError("a wrong value")

def refuse(event, context):
    raise ValueError(event["reason"])

def large(event, context):
    return "x" * 7_000_000

def meet(event, context):
    \"\"\"Returns once another invocation is in here at the same time.\"\"\"
    folder = event["folder"]
    open(os.path.join(folder, str(os.getpid())), "w").close()
    while len(os.listdir(folder)) < 2:
        time.sleep(0.005)
    return os.getpid()
"""


@pytest.fixture
def code(tmp_path: Path) -> Path:
    folder = tmp_path / "code" / "functions"
    folder.mkdir(parents=True)
    (folder / "f.py").write_text(CODE)
    return folder


@asynccontextmanager
async def running(cloud: Cloud, code: Path, **settings: Any) -> AsyncIterator[Functions]:
    functions = Functions(cloud, code.parent, check_interval_s=0, **settings)
    await functions.start()
    try:
        yield functions
    finally:
        await functions.stop()


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_event_and_answer_pass_unchanged(cloud: Cloud, code: Path) -> None:
    """JSON is passed unchanged in both directions, by name and by ARN."""
    arn = deploy_function(cloud, "echo", "functions.f.echo")
    event = {"text": "ünï\u2028code", "list": [1, 2.5, None, True], "deep": {"a": {}}}

    async def scenario() -> None:
        async with running(cloud, code) as functions:
            assert (await functions.invoke("echo", event)).payload == event
            assert (await functions.invoke(f"{arn}:$LATEST", None)).payload is None

    run(scenario())


def test_functions_run_without_a_native_module(cloud: Cloud, code: Path) -> None:
    """Awslambdaric has none on a Mac."""
    (code.parent / "runtime_client.py").write_text("raise ImportError")
    names = ("echo", "look", "refuse", "large", "leave")
    for name in names:
        deploy_function(cloud, name, f"functions.f.{name}", Timeout=7)
    event = {"text": "ünï\u2028code", "list": [1, 2.5, None, True]}

    async def scenario() -> dict[str, Any]:
        async with running(cloud, code) as functions:
            assert (await functions.invoke("echo", event)).payload == event
            assert (await functions.invoke("echo", None)).payload is None
            return {name: await functions.invoke(name, {"status": 3, "reason": "ünï 7 €"}) for name in names}

    results = run(scenario())
    assert results["look"].payload["request"] == results["look"].request_id
    assert 6_000 < results["look"].payload["remaining"] <= 7_000
    errors = {name: result.error and (result.error.type, result.error.message) for name, result in results.items()}
    assert errors["refuse"] == ("ValueError", "ünï 7 €")
    assert errors["large"][0] == "Function.ResponseSizeTooLarge"
    assert errors["leave"][0] == "Runtime.ExitError"


def test_environment_is_the_deployed_one(cloud: Cloud, code: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A function has its deployed variables, Lambda's own and its role's keys, and none of the stack's process."""
    monkeypatch.setenv("PARENTS_SECRET", "x")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "9")
    monkeypatch.setattr(cloud, "credentials_for", lambda role: Credentials(f"key of {role}", "secret", "token"))
    variables = {"TABLE": "sends", "AWS_ENDPOINT_URL": "http://elsewhere"}
    arn = deploy_function(cloud, "look", "functions.f.look", Timeout=7, Environment={"Variables": variables})

    async def scenario() -> Any:
        async with running(cloud, code) as functions:
            return await functions.invoke("look", {})

    result = run(scenario())
    received, env = result.payload, result.payload["env"]
    role = cloud.client("iam").get_role(RoleName="look-role")["Role"]["Arn"]
    assert env["TABLE"] == "sends"
    assert env["AWS_ENDPOINT_URL"] == cloud.url
    assert env["AWS_LAMBDA_FUNCTION_NAME"] == "look"
    assert env["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"] == "256"
    assert env["AWS_REGION"] == env["AWS_DEFAULT_REGION"] == cloud.region
    assert env["AWS_ACCESS_KEY_ID"] == f"key of {role}"
    assert (env["AWS_SECRET_ACCESS_KEY"], env["AWS_SESSION_TOKEN"]) == ("secret", "token")
    assert env["_HANDLER"] == "functions.f.look"
    assert env["TZ"] == "UTC"
    assert env["LAMBDA_TASK_ROOT"] == env["PYTHONPATH"] == received["cwd"] == str(code.parent)
    assert not env.keys() & {"PARENTS_SECRET", "AWS_MAX_ATTEMPTS", "PYTEST_CURRENT_TEST", "VIRTUAL_ENV"}
    assert (received["arn"], received["request"], received["memory"]) == (arn, result.request_id, "256")
    assert received["client"] is None
    assert 6_000 < received["remaining"] <= 7_000
    assert received["session"] == received["pid"]


def test_environment_is_used_again(cloud: Cloud, code: Path) -> None:
    """A warm environment serves the next invocation: the handler's module is loaded once."""
    deploy_function(cloud, "pid", "functions.f.pid")
    lines: list[tuple[str, str]] = []

    async def scenario() -> set[int]:
        async with running(cloud, code, log=lambda *line: lines.append(line)) as functions:
            return {(await functions.invoke("pid", {})).payload for _ in range(5)}

    assert len(run(scenario())) == 1
    assert lines == [("pid", "loaded")]


def test_concurrent_invocations_get_environments_of_their_own(cloud: Cloud, code: Path, tmp_path: Path) -> None:
    """One environment runs one invocation at a time. Two at once are two processes, and a third waits."""
    deploy_function(cloud, "meet", "functions.f.meet")
    folder = tmp_path / "meeting"
    folder.mkdir()

    async def scenario() -> list[int]:
        async with running(cloud, code) as functions:
            results = await asyncio.gather(*(functions.invoke("meet", {"folder": str(folder)}) for _ in range(3)))
            return [result.payload for result in results]

    assert len(set(run(scenario()))) == 2


def test_reserved_concurrency_bounds_environments(cloud: Cloud, code: Path) -> None:
    """If it is 1, five concurrent invocations run in one process. If it is 0, invocations are refused."""
    deploy_function(cloud, "pid", "functions.f.pid")
    client = cloud.client("lambda")
    client.put_function_concurrency(FunctionName="pid", ReservedConcurrentExecutions=1)

    async def scenario() -> None:
        async with running(cloud, code) as functions:
            assert functions.capacity("pid") == 1
            results = await asyncio.gather(*(functions.invoke("pid", {}) for _ in range(5)))
            assert len({result.payload for result in results}) == 1
            client.put_function_concurrency(FunctionName="pid", ReservedConcurrentExecutions=0)
            with pytest.raises(FunctionThrottled, match="reserved concurrency of 0"):
                await functions.invoke("pid", {})

    run(scenario())


def test_error_of_the_function_is_a_result(cloud: Cloud, code: Path) -> None:
    """A raising handler gives Lambda's error document, and its environment stays."""
    deploy_function(cloud, "fail", "functions.f.fail")

    async def scenario() -> None:
        async with running(cloud, code) as functions:
            result = await functions.invoke("fail", {})
            assert result.error is not None
            assert (result.error.type, result.error.message) == ("ValueError", "a wrong value")
            assert 'raise ValueError("a wrong value")' in result.error.stack[-1]
            assert result.payload["errorType"] == "ValueError"
            assert (await functions.invoke("fail", {})).log.count("loaded") == 1

    run(scenario())


def test_a_timeout_kills_and_the_next_invocation_restarts(cloud: Cloud, code: Path) -> None:
    """A function over its timeout is killed, and the error has Lambda's words."""
    deploy_function(cloud, "sleep", "functions.f.sleep", Timeout=1)

    async def scenario() -> None:
        async with running(cloud, code) as functions:
            result = await functions.invoke("sleep", {})
            assert result.error is not None
            assert result.error.type == "Sandbox.Timedout"
            assert result.error.message == f"RequestId: {result.request_id} Error: Task timed out after 1.00 seconds"
            assert result.log[-1] == "going to sleep"
            assert not functions._environments
            cloud.client("lambda").update_function_configuration(FunctionName="sleep", Handler="functions.f.echo")
            assert (await functions.invoke("sleep", 1)).payload == 1

    run(scenario())


@pytest.mark.parametrize(
    ("handler", "status", "reason"),
    [
        ("leave", 3, "Runtime exited with error: exit status 3"),
        ("leave", 0, "Runtime exited without providing a reason"),
        ("die", 0, "Runtime exited with error: signal: killed"),
    ],
)
def test_process_that_ends_in_the_middle(cloud: Cloud, code: Path, handler: str, status: int, reason: str) -> None:
    """The end of the process is the invocation's error at once, not at its timeout."""
    deploy_function(cloud, "gone", f"functions.f.{handler}", Timeout=30)

    async def scenario() -> None:
        async with running(cloud, code) as functions:
            for _ in range(2):
                result = await functions.invoke("gone", {"status": status})
                assert result.error is not None
                assert result.error.type == "Runtime.ExitError"
                assert result.error.message == f"RequestId: {result.request_id} Error: {reason}"
                assert "loaded" in result.log

    run(scenario())


@pytest.mark.parametrize(
    ("handler", "source", "error_type", "message"),
    [
        ("functions.bad.handler", 'raise RuntimeError("at import")', "RuntimeError", "at import"),
        ("functions.bad.handler", "def (", "Runtime.UserCodeSyntaxError", "Syntax error in module"),
        ("functions.bad.missing", "", "Runtime.HandlerNotFound", "missing"),
        ("functions.none.handler", "", "Runtime.ImportModuleError", "No module named 'functions.none'"),
        ("functions.bad.handler", "raise SystemExit(4)", "Runtime.ExitError", "exit status 4"),
    ],
)
def test_init_error_is_reported(
    cloud: Cloud, code: Path, handler: str, source: str, error_type: str, message: str
) -> None:
    """A module that does not load fails each invocation, and runs once it is fixed."""
    (code / "bad.py").write_text(source)
    deploy_function(cloud, "bad", handler)

    async def scenario() -> None:
        async with running(cloud, code) as functions:
            for _ in range(2):
                result = await functions.invoke("bad", {})
                assert result.error is not None
                assert result.error.type == error_type
                assert message in result.error.message
                assert not functions._environments
            (code / "bad.py").write_text("def handler(event, context): return 'mended'\nmissing = handler")
            (code / "none.py").write_text("def handler(event, context): return 'mended'")
            assert (await functions.invoke("bad", {})).payload == "mended"

    run(scenario())


def test_response_over_the_limit(cloud: Cloud, code: Path) -> None:
    """A response over 6 MB is refused as in Lambda, and the function continues."""
    deploy_function(cloud, "large", "functions.f.large")

    async def scenario() -> None:
        async with running(cloud, code) as functions:
            for _ in range(2):
                result = await functions.invoke("large", {})
                assert result.error is not None
                assert result.error.type == "Function.ResponseSizeTooLarge"
            with pytest.raises(PayloadTooLarge, match="at most 6291556"):
                await functions.invoke("large", "x" * 7_000_000)

    run(scenario())


def test_unknown_function_is_refused(cloud: Cloud, code: Path) -> None:
    """The error lists the deployed functions. An invocation before the start is refused too."""
    deploy_function(cloud, "echo", "functions.f.echo")

    async def scenario() -> None:
        with pytest.raises(InvocationRefused, match=r"start\(\) was not called"):
            await Functions(cloud, code.parent).invoke("echo", {})
        async with running(cloud, code) as functions:
            with pytest.raises(UnknownFunction, match="no function named ecco is deployed; deployed are: echo"):
                await functions.invoke("ecco", {})

    run(scenario())


def test_changed_code_runs_in_a_new_environment(cloud: Cloud, code: Path) -> None:
    """After a module or template is saved, the next invocation uses it."""
    (code / "g.py").write_text("def handler(event, context): return 1")
    templates = code.parent / "templates"
    deploy_function(cloud, "g", "functions.g.handler")
    deploy_function(cloud, "pid", "functions.f.pid")

    async def scenario() -> None:
        async with running(cloud, code) as functions:
            assert (await functions.invoke("g", {})).payload == 1
            (code / "g.py").write_text("def handler(event, context): return 12")
            assert (await functions.invoke("g", {})).payload == 12
            before = (await functions.invoke("pid", {})).payload
            templates.mkdir()
            (templates / "mail.html").write_text("hello")
            after = (await functions.invoke("pid", {})).payload
            assert before != after
            assert not alive(before)

    run(scenario())


def test_changed_configuration_runs_in_a_new_environment(cloud: Cloud, code: Path) -> None:
    """A deployment that changes variables retires the old process. Another one does not."""
    deploy_function(cloud, "look", "functions.f.look", Environment={"Variables": {"LEVEL": "1"}})
    client = cloud.client("lambda")

    async def scenario() -> None:
        async with running(cloud, code) as functions:
            first = (await functions.invoke("look", {})).payload
            await functions.refresh()
            same = (await functions.invoke("look", {})).payload
            client.update_function_configuration(FunctionName="look", Environment={"Variables": {"LEVEL": "2"}})
            changed = (await functions.invoke("look", {})).payload
            assert first["pid"] == same["pid"] != changed["pid"]
            assert changed["env"]["LEVEL"] == "2"
            assert not alive(first["pid"])
            client.delete_function(FunctionName="look")
            with pytest.raises(UnknownFunction):
                await functions.invoke("look", {})
            assert not alive(changed["pid"])

    run(scenario())


def test_warm_starts_every_function_and_reports_failures(cloud: Cloud, code: Path) -> None:
    """Each function has an environment afterwards. A broken one is reported and not retried."""
    (code / "bad.py").write_text("1 / 0")
    deploy_function(cloud, "pid", "functions.f.pid")
    deploy_function(cloud, "bad", "functions.bad.handler")

    async def scenario() -> None:
        async with running(cloud, code) as functions:
            errors = await functions.warm()
            assert {name: error.type for name, error in errors.items()} == {"bad": "ZeroDivisionError"}
            (warm,) = functions._environments
            assert (await functions.invoke("pid", {})).payload == warm.pid

    run(scenario())


def test_stop_ends_every_process_soon(cloud: Cloud, code: Path) -> None:
    """An invocation in progress fails with it. Afterwards nothing starts."""
    deploy_function(cloud, "pid", "functions.f.pid")
    deploy_function(cloud, "sleep", "functions.f.sleep", Timeout=60)
    lines: list[tuple[str, str]] = []

    async def scenario() -> None:
        async with running(cloud, code, log=lambda *line: lines.append(line)) as functions:
            idle = (await functions.invoke("pid", {})).payload
            sleeping = asyncio.create_task(functions.invoke("sleep", {}))
            await eventually(lambda: ("sleep", "going to sleep") in lines)
            pids = [environment.pid for environment in functions._environments]
            started = time.monotonic()
            await functions.stop()
            assert time.monotonic() - started < 20  # and not the 60 that one of them sleeps, however busy the machine
            assert idle in pids
            assert not any(map(alive, pids))
            error = (await sleeping).error
            assert error is not None
            assert error.type == "Runtime.ExitError"
            with pytest.raises(InvocationRefused):
                await functions.invoke("pid", {})

    run(scenario())


def test_a_cancelled_invocation_ends_its_environment(cloud: Cloud, code: Path) -> None:
    """An environment with an abandoned invocation must not serve the next one."""
    deploy_function(cloud, "sleep", "functions.f.sleep", Timeout=60)
    lines: list[tuple[str, str]] = []

    async def scenario() -> None:
        async with running(cloud, code, log=lambda *line: lines.append(line)) as functions:
            sleeping = asyncio.create_task(functions.invoke("sleep", {}))
            await eventually(lambda: ("sleep", "going to sleep") in lines)
            (environment,) = functions._environments
            sleeping.cancel()
            await asyncio.wait({sleeping})
            assert not alive(environment.pid)
            assert not functions._environments

    run(scenario())


def test_idle_process_that_died_is_replaced(cloud: Cloud, code: Path) -> None:
    """A process that was killed between two invocations costs a cold start, not an error."""
    deploy_function(cloud, "pid", "functions.f.pid")

    async def scenario() -> None:
        async with running(cloud, code) as functions:
            before = (await functions.invoke("pid", {})).payload
            os.kill(before, signal.SIGKILL)
            await eventually(lambda: all(environment.dead for environment in functions._environments))
            assert (await functions.invoke("pid", {})).payload != before

    run(scenario())


def test_processes_do_not_outlive_a_killed_stack(code: Path) -> None:
    """If the stack is killed, its functions lose the Runtime API and exit."""
    script = textwrap.dedent(f"""
        import asyncio, os, pathlib, sys
        sys.path.insert(0, {ROOT!r})
        from infra.local.cloud import Cloud
        from infra.local.cloud import Credentials
        from infra.local.lambdas import Functions
        from tests.support.local.deployed import deploy_function
        async def main():
            cloud = Cloud()
            cloud.start()
            deploy_function(cloud, "pid", "functions.f.pid")
            functions = Functions(cloud, pathlib.Path({os.fspath(code.parent)!r}))
            await functions.start()
            print((await functions.invoke("pid", {{}})).payload, flush=True)
            await asyncio.sleep(60)
        asyncio.run(main())
    """)
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as stack:
        assert stack.stdout is not None
        pid = int(stack.stdout.readline())
        assert alive(pid)
        stack.kill()
    run(eventually(lambda: not alive(pid)))
