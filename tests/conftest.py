"""Every test has modest hypothesis runs, cannot reach a real AWS account, and reads each service model of the SDK once."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache, partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from botocore.loaders import JSONFileLoader
from hypothesis import HealthCheck, settings
from xdist.scheduler import LoadScopeScheduling

from functions.wiring import access
from functions.wiring.container import Container
from tests.fakes.access import ClaimedKeys
from tests.support.aws import ministack
from tests.support.aws.cloud import ACCOUNT, SecondCloud

# The modules of each share a stack or a synthesis. The first name that fits counts.
SHARED = (
    "tests/end_to_end/test_",
    "tests/end_to_end/console/",
    "tests/end_to_end/clock/",
    "tests/end_to_end/",
    "tests/infra/",
)
# In the order of their lengths. A long scope that starts late leaves the other processes idle at the end.
LONGEST = (
    "tests/end_to_end/",
    "tests/end_to_end/test_",
    "tests/end_to_end/console/",
    "tests/infra/",
    "tests/end_to_end/clock/",
    "tests/faults/test_schedules.py",
)

os.environ["POWERTOOLS_METRICS_NAMESPACE"] = "Staffetta"  # read as functions.telemetry is imported

CREDENTIALS = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing"}

settings.register_profile("modest", deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("thorough", deadline=None, max_examples=2000, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "modest"))


_read_json = JSONFileLoader._load_file  # type: ignore[attr-defined]  # private to botocore
_read_json_once = cache(partial(_read_json, JSONFileLoader()))


def _load_file(loader: JSONFileLoader, path: str, open_method: Callable[..., Any]) -> Any:
    """Each session of the SDK reads megabytes of JSON, and tests make hundreds of sessions in one process. Its clients change S3's model."""
    return _read_json(loader, path, open_method) if "/s3" in path else _read_json_once(path, open_method)


JSONFileLoader._load_file = _load_file  # type: ignore[attr-defined]  # private to botocore


class ByFixture(LoadScopeScheduling):  # type: ignore[misc]  # xdist has no types
    """One process runs all tests that share a slow fixture: a module's, or those of a folder with one stack or one synthesis."""

    def _split_scope(self, nodeid: str) -> str:
        module = nodeid.partition("::")[0]
        return next((start for start in SHARED if module.startswith(start)), module)

    def _assign_work_unit(self, node: Any) -> None:
        longest = next((scope for scope in LONGEST if scope in self.workqueue), None)
        if longest:
            self.workqueue.move_to_end(longest, last=False)
        super()._assign_work_unit(node)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByFixture:
    return ByFixture(config, log)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--second-cloud",
        type=Path,
        metavar="MINISTACK",
        help="run on MiniStack instead of moto; the path of its program",
    )


def pytest_configure(config: pytest.Config) -> None:
    program = config.getoption("--second-cloud")
    if program is None or _only_distributes(config):
        return
    until_the_end = ExitStack()
    config.add_cleanup(until_the_end.close)
    folder = Path(until_the_end.enter_context(TemporaryDirectory(prefix="ministack-")))
    SecondCloud.server = until_the_end.enter_context(ministack.running(program, folder / "log", ACCOUNT, CREDENTIALS))


def _only_distributes(config: pytest.Config) -> bool:
    """Whether this process runs no test itself. Each process that runs tests has a server of its own."""
    return bool(config.getoption("numprocesses", None)) and not hasattr(config, "workerinput")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """A test without a cloud is not run on the second one.

    MiniStack has errors of its own. The tests that they break are listed, and fail as long as the error exists.
    """
    if config.getoption("--second-cloud") is None:
        return
    items[:] = [item for item in items if _may_use_the_cloud(item)]
    differences = tomllib.loads((Path(__file__).parent / "second_cloud.toml").read_text())["difference"]
    reasons = {test: entry["behaviour"] for entry in differences for test in entry.get("ministack_fails", [])}
    for item in items:
        if item.nodeid in reasons:
            item.add_marker(pytest.mark.xfail(strict=True, reason=reasons[item.nodeid]))


def _may_use_the_cloud(item: pytest.Item) -> bool:
    """A test that uses a cloud has the fixture `aws`, or gets it by `request`: see `aws_of` of tests/support/aws/cloud.py."""
    return isinstance(item, pytest.Function) and not {"aws", "request"}.isdisjoint(item.fixturenames)


@pytest.fixture(autouse=True, scope="session")
def _no_real_account() -> Iterator[None]:
    """A client made by mistake gets keys that exist in no account."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
        for name, value in CREDENTIALS.items():
            patch.setenv(name, value)
        patch.delenv("AWS_PROFILE", raising=False)
        yield


@pytest.fixture(autouse=True, scope="session")
def _claimed_keys() -> Iterator[None]:
    """A test names its key's scopes in the request: see `http` of tests/support/events.py."""
    check_key = access.check_key

    def check_claim(c: Container) -> ClaimedKeys:
        return ClaimedKeys(lambda header, exempt: check_key(c)(header, exempt=exempt))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(access, "check_key", check_claim)
        yield
