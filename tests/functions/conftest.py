"""The functions as Lambda runs them, in this process, on moto: a worker that has just begun."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from functions import deliver, wiring
from functions.wiring import Wiring
from tests.cloud import SETTINGS, cloud
from tests.examples import a_document, a_revision, an_email


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[Wiring]:
    for name, value in SETTINGS.to_env().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(deliver, "WORKERS", 1)  # moto loses writes under threads
    wiring.wired.cache_clear()
    with cloud() as made:
        made.emails.publish(an_email(), a_revision(), a_document())
        yield made
    wiring.wired.cache_clear()
