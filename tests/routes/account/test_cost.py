"""The cost of a month over HTTP and by the command line: the account's plan, and the errors of a query."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from functions import wiring
from functions.core.account.prices import PlanName
from functions.core.sending import throttle
from functions.core.sending.throttle import SesQuota
from functions.wiring import Container
from tests.support.aws.cloud import worker
from tests.support.cli.staffetta_command import failing, staffetta
from tests.support.http.api import call

COST = "/staffetta/v1/cost"


@pytest.fixture(scope="module")
def aws() -> Iterator[Container]:
    with worker() as container:
        yield container


def get(**query: str) -> Any:
    return call("GET", COST, queryStringParameters=query)


def report_plan(aws: Container, plan: str) -> None:
    """Stores a plan as the sweep does."""
    store = aws.get(wiring.adapters.account.quota_store)
    store.save(throttle.with_quota(store.get(), SesQuota(14, None, 0, plan=plan), aws.clock()))


def test_an_unreported_plan_is_that_of_new_accounts(aws: Container) -> None:
    status, month = get(messages="1000")
    assert status == 200
    assert (month["plan"], month["planReported"], month["ipPool"]) == ("ESSENTIALS", False, "managed")


@pytest.mark.parametrize("plan", PlanName)
def test_the_plan_is_the_accounts(aws: Container, plan: PlanName) -> None:
    report_plan(aws, plan)
    month = get(messages="1000000")[1]
    assert (month["plan"], month["planReported"]) == (plan, True)


def test_a_plan_that_has_no_price_is_not_reported(aws: Container) -> None:
    report_plan(aws, "ULTRA")
    assert get(messages="1")[1]["planReported"] is False


def test_a_month_is_compared_with_other_services(aws: Container) -> None:
    month = get(messages="1000000", plan="NONE", ipPool="shared")[1]
    assert month["bareSes"] == 100.00
    assert month["total"] == pytest.approx(sum(line["amount"] for line in month["lines"]), abs=0.1)
    assert [peer["name"].split()[0] for peer in month["peers"]] == ["Postmark", "HubSpot"]
    assert (
        month["cheapest"] == month["alternatives"][0] == {"plan": "NONE", "ipPool": "shared", "total": month["total"]}
    )
    assert month["cheapestDedicated"]["ipPool"] == "standard"


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({}, "messages"),
        ({"messages": "-1"}, "messages"),
        ({"messages": "many"}, "messages"),
        ({"messages": "1", "plan": "FREE"}, "plan"),
        ({"messages": "1", "ipPool": "mine"}, "ipPool"),
        ({"messages": "1", "addresses": "0"}, "addresses"),
        ({"messages": "1", "volume": "2"}, "volume"),
    ],
)
def test_a_wrong_query_is_refused_by_field(aws: Container, query: dict[str, str], field: str) -> None:
    status, problem = get(**query)
    assert status == 400
    assert field in json.dumps(problem)


def test_the_command_needs_no_stage_for_named_choices() -> None:
    words = ("cost", "--messages", "1000000", "--plan", "essentials", "--ip-pool", "managed")
    output = staffetta(*words)
    for part in ("SES mails", "160.00", "Postmark", "HubSpot", "SES without Staffetta", "255.00", "Cheapest"):
        assert part in output
    assert json.loads(staffetta(*words, "--json"))["plan"] == "ESSENTIALS"


def test_the_command_refuses_a_negative_number() -> None:
    assert "--messages" in failing("cost", "--messages", "-1", exit_code=2)
