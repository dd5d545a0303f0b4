"""The functions as Lambda runs them, in this process, on moto: a worker that has just begun."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from functions import deliver, wiring
from functions.wiring import Container
from tests.support.cloud import worker
from tests.support.examples import a_document, a_revision, an_email


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[Container]:
    monkeypatch.setattr(deliver, "WORKERS", 1)  # moto loses writes under threads
    with worker() as made:
        made.get(wiring.adapters.emails).publish(an_email(), a_revision(), a_document())
        yield made
