"""What every test stands on: modest hypothesis runs, and no way to reach a real AWS account."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, settings

from tests.support import ministack
from tests.support.cloud import ACCOUNT, SecondCloud

os.environ["POWERTOOLS_METRICS_NAMESPACE"] = "Staffetta"  # read as functions.telemetry is imported

CREDENTIALS = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing"}

settings.register_profile("modest", deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("thorough", deadline=None, max_examples=2000, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "modest"))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--second-cloud",
        type=Path,
        metavar="MINISTACK",
        help="run on MiniStack instead of moto; the path of its program",
    )


def pytest_configure(config: pytest.Config) -> None:
    program = config.getoption("--second-cloud")
    if program is None:
        return
    until_the_end = ExitStack()
    config.add_cleanup(until_the_end.close)
    folder = Path(until_the_end.enter_context(TemporaryDirectory(prefix="ministack-")))
    SecondCloud.server = until_the_end.enter_context(ministack.running(program, folder / "log", ACCOUNT, CREDENTIALS))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """MiniStack has faults of its own: the tests that they fail are listed, and fail as long as the fault is there."""
    if config.getoption("--second-cloud") is None:
        return
    differences = tomllib.loads((Path(__file__).parent / "second_cloud.toml").read_text())["difference"]
    reasons = {test: entry["behaviour"] for entry in differences for test in entry.get("ministack_fails", [])}
    for item in items:
        if item.nodeid in reasons:
            item.add_marker(pytest.mark.xfail(strict=True, reason=reasons[item.nodeid]))


@pytest.fixture(autouse=True, scope="session")
def _no_real_account() -> Iterator[None]:
    """A client made by mistake gets keys that no account knows."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
        for name, value in CREDENTIALS.items():
            patch.setenv(name, value)
        patch.delenv("AWS_PROFILE", raising=False)
        yield
