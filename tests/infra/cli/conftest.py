"""A stage for commands: the deployed resources in moto, one for all tests of a module."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from functions.wiring import Container
from infra.cli.stage import Stage
from tests.support.aws.cloud import SETTINGS, cloud


@pytest.fixture(scope="module")
def stage() -> Iterator[Container]:
    with cloud() as wiring, pytest.MonkeyPatch.context() as patch:
        patch.setattr(Stage, "outputs", lambda _stage: {"Settings": json.dumps(SETTINGS.to_env())})
        yield wiring
