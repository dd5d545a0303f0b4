"""The last lines of `make deploy`, over fakes of SES and of the domain's check."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from functions.core.domains.record_checks import RecordState
from functions.core.errors import NotFound
from infra.cli.stage import Stage
from infra.next_steps import next_steps

RECORD = SimpleNamespace(name="a._domainkey.acme.com", type="CNAME", value="a.dkim.amazonses.com")


def describe_stacks(StackName: str) -> Any:  # noqa: N803 - boto3's name
    """The stage has a host for its API, and none for its links."""
    if not StackName.endswith("-ApiHost"):
        raise ClientError({"Error": {"Code": "ValidationError", "Message": "does not exist"}}, "DescribeStacks")
    value = "api.acme.com CNAME d-1.execute-api.eu-west-1.amazonaws.com"
    return {"Stacks": [{"Outputs": [{"OutputKey": "ApiHostRecord", "OutputValue": value}]}]}


def lines(monkeypatch: pytest.MonkeyPatch, *states: RecordState, production: bool = True, stage: str = "prod") -> str:
    report = SimpleNamespace(records=[SimpleNamespace(**vars(RECORD), state=state) for state in states])
    clients = {"sesv2": SimpleNamespace(get_account=lambda: {"ProductionAccessEnabled": production})}
    clients["cloudformation"] = SimpleNamespace(describe_stacks=describe_stacks)
    monkeypatch.setattr(Stage, "call", lambda *_, **__: report)
    monkeypatch.setattr(Stage, "outputs", lambda _: {"ApiUrl": "https://api.example"})
    return "\n".join(next_steps(stage, "acme.com", lambda service, **_: clients[service]))


def test_missing_records_are_ready_to_copy(monkeypatch: pytest.MonkeyPatch) -> None:
    text = lines(monkeypatch, RecordState.RIGHT, RecordState.MISSING)
    assert text.count("a._domainkey.acme.com CNAME a.dkim.amazonses.com") == 1
    assert "staffetta domains check acme.com" in text


def test_a_complete_domain_has_no_list(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "All DNS records of acme.com are right." in lines(monkeypatch, RecordState.RIGHT)


@pytest.mark.parametrize("production", [True, False])
def test_the_sandbox_is_named_while_it_lasts(monkeypatch: pytest.MonkeyPatch, production: bool) -> None:
    text = lines(monkeypatch, RecordState.RIGHT, production=production)
    assert ("staffetta production request" in text) != production


def test_the_first_key_has_its_command_and_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    text = lines(monkeypatch, RecordState.RIGHT, stage="two")
    assert "staffetta keys create --name shop --owner you@acme.com --scopes transactional-email --stage two" in text
    assert "https://api.example" in text


def test_a_host_of_ones_own_has_its_record(monkeypatch: pytest.MonkeyPatch) -> None:
    assert lines(monkeypatch).count("The record of your own host: api.acme.com CNAME d-1.") == 1


def test_a_failing_check_does_not_fail_the_deployment(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise NotFound("no such domain")

    lines(monkeypatch)
    monkeypatch.setattr(Stage, "call", fail)
    failing = SimpleNamespace(get_account=fail, describe_stacks=fail)
    text = "\n".join(next_steps("prod", "acme.com", lambda *_, **__: failing))
    assert "could not be checked (no such domain)" in text
    assert "staffetta keys create" in text
