"""The functions as Lambda runs them, in this process, on moto: a worker that has just begun."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from functions import deliver, wiring
from functions.telemetry import logger
from functions.wiring import Container
from tests.support.aws.cloud import worker
from tests.support.examples import a_document, a_revision, an_email


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[Container]:
    monkeypatch.setattr(deliver, "LANES", 1)  # moto loses writes that come at once
    with worker() as container:
        container.get(wiring.adapters.emails.emails).publish(an_email(), a_revision(), a_document())
        yield container


@pytest.fixture
def log_lines() -> Iterator[Callable[[], list[dict[str, Any]]]]:
    """Returns the lines that the functions have logged so far."""
    written = io.StringIO()
    handler = logger.registered_handler
    assert isinstance(handler, logging.StreamHandler)
    before = handler.setStream(written)
    yield lambda: [json.loads(line) for line in written.getvalue().splitlines()]
    handler.setStream(before)
