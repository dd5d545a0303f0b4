"""The container: objects made once, replaced in a test, pinged and closed."""

from __future__ import annotations

import pytest

from functions import wiring
from functions.wiring.container import Container
from tests.support.aws.cloud import SETTINGS, cloud


class Recorder:
    def __init__(self, log: list[str], name: str) -> None:
        self.log, self.name = log, name

    def close(self) -> None:
        self.log.append(self.name)

    def ping(self) -> None:
        if self.name == "broken":
            raise ConnectionError("nobody answers")


LOG: list[str] = []


def first(c: Container) -> Recorder:
    return Recorder(LOG, "first")


def broken(c: Container) -> Recorder:
    c.get(first)
    return Recorder(LOG, "broken")


@pytest.fixture
def container() -> Container:
    LOG.clear()
    return Container(SETTINGS)


def test_an_object_is_made_once(container: Container) -> None:
    assert container.get(first) is container.get(first)


def test_a_test_overrides_a_factory_in_one_line(container: Container) -> None:
    fake = Recorder(LOG, "fake")
    container.override(first, fake)
    assert container.get(first) is fake


def test_close_closes_the_last_made_first_and_empties_the_container(container: Container) -> None:
    old = container.get(broken)
    container.close()
    assert LOG == ["broken", "first"]
    assert container.get(broken) is not old


def test_ping_reports_each_object_by_its_factory(container: Container) -> None:
    container.get(broken)
    assert container.ping() == {"first": "", "broken": "ConnectionError: nobody answers"}


def test_a_container_on_aws_answers_and_closes_its_connections() -> None:
    with cloud() as container:
        container.get(wiring.adapters.sending.sends)
        assert container.ping() == {"sends": ""}
        client = container.get(wiring.clients.dynamodb)
        container.close()
        assert not client._connections._idle  # type: ignore[attr-defined]  # of our own client


def test_ping_reports_a_table_that_is_missing() -> None:
    with cloud() as container:
        container.get(wiring.clients.dynamodb).delete_table(TableName=SETTINGS.sends_table)
        container.get(wiring.adapters.sending.sends)
        assert "ResourceNotFoundException" in container.ping()["sends"]
