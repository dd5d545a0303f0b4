"""What moto never answers: other writers' transactions, and throttles."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from functions.adapters.aws import conditional_write as module
from functions.adapters.aws.conditional_write import TRIES, conditional_write, transaction
from functions.adapters.aws.errors import AwsError, error_class
from functions.adapters.emails.emails import DynamoEmails
from functions.adapters.sending.sends import DynamoSends
from functions.core.errors import Retry
from tests.support.examples import a_message, an_email

PASSING = ("TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded")


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BACKOFF_SECONDS", 0)


def cancelled(*reasons: str) -> AwsError:
    response = {
        "Error": {"Code": "TransactionCanceledException"},
        "CancellationReasons": [{"Code": code} for code in reasons],
    }
    return error_class("TransactionCanceledException")(response, "TransactWriteItems")


def error(code: str) -> AwsError:
    return error_class(code)({"Error": {"Code": code}}, "PutItem")


@dataclass
class Dynamo:
    """Raises the errors in turn, then writes."""

    errors: list[AwsError] = field(default_factory=list)
    written: int = 0

    def write(self, **_request: Any) -> dict[str, Any]:
        if self.errors:
            raise self.errors.pop(0)
        self.written += 1
        return {}

    put_item = delete_item = transact_write_items = write


@pytest.mark.parametrize("reason", PASSING)
def test_contention_in_a_transaction_passes(reason: str) -> None:
    dynamo = Dynamo([cancelled("None", reason)] * (TRIES - 1))
    assert transaction(dynamo.write)
    assert dynamo.written == 1


@pytest.mark.parametrize("reason", PASSING)
def test_endless_contention_is_a_retry(reason: str) -> None:
    with pytest.raises(Retry):
        transaction(Dynamo([cancelled(reason, "None")] * TRIES).write)


def test_contention_of_a_single_write_is_treated_alike() -> None:
    conflict = error("TransactionConflictException")
    assert conditional_write(Dynamo([conflict]).write) == {}
    with pytest.raises(Retry):
        conditional_write(Dynamo([conflict] * TRIES).write)


@pytest.mark.parametrize("others", ["None", *PASSING])
def test_a_condition_that_does_not_hold_decides(others: str) -> None:
    assert transaction(Dynamo([cancelled(others, "ConditionalCheckFailed")]).write) is False
    assert conditional_write(Dynamo([error("ConditionalCheckFailedException")]).write) is None


@pytest.mark.parametrize("reasons", [(), ("None",), ("ValidationError", "TransactionConflict"), ("ItemSizeTooLarge",)])
def test_every_other_reason_is_an_error(reasons: tuple[str, ...]) -> None:
    with pytest.raises(AwsError):
        transaction(Dynamo([cancelled(*reasons)]).write)


BOTH = [a_message("send", 0), a_message("send", 1)]
WRITES: dict[str, Callable[[Any], Any]] = {
    "create a send": lambda client: DynamoSends(client, "sends", 90).create(BOTH),
    "roll back a send": lambda client: DynamoSends(client, "sends", 90).rollback(BOTH),
    "save an email": lambda client: DynamoEmails(client, "emails").save(an_email()),
}


@pytest.mark.parametrize("reason", PASSING)
@pytest.mark.parametrize("write", WRITES)
def test_every_transaction_outlasts_contention(write: str, reason: str) -> None:
    dynamo = Dynamo([cancelled(reason, reason)])
    WRITES[write](dynamo)
    assert dynamo.written == 1
