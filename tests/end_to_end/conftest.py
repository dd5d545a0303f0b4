"""The whole service, deployed on the local cloud and running in this process, for every test of this folder."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest

from tests.end_to_end.service import Service

logging.getLogger("staffetta.lambda").setLevel(logging.INFO)  # a failed test shows what the functions logged


@pytest.fixture(scope="package")
def service() -> Iterator[Service]:
    running = Service()
    yield running
    running.close()
