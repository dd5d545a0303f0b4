"""The rules of event sources: which records a filter passes, which of a batch failed, when a schedule fires."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.local.event_sources.batch import failures
from infra.local.event_sources.event_filters import UnsupportedPattern, passes
from infra.local.event_sources.poller import LONGEST_PAUSE_S, SHORTEST_PAUSE_S, next_pause
from infra.local.event_sources.schedule_expressions import UnsupportedSchedule, timetable
from infra.local.event_sources.schedules import Schedules
from infra.local.lambdas import FunctionError, Result
from tests.support.local.deployed import Handlers, deploy_function, deploy_queue, eventually, run

if TYPE_CHECKING:
    from infra.local.cloud import Cloud

RECORD = {
    "eventName": "INSERT",
    "n": 5,
    "flag": True,
    "none": None,
    "tags": ["a", "b"],
    "deep": {"x": "Hello", "y": {}},
}


def test_a_pause_grows_while_the_source_is_woken_in_it() -> None:
    pauses = [SHORTEST_PAUSE_S]
    for _ in range(5):
        pauses.append(next_pause(pauses[-1], woken=True))
    assert pauses == sorted(pauses)
    assert pauses[1] > SHORTEST_PAUSE_S
    assert pauses[-1] == LONGEST_PAUSE_S
    assert next_pause(LONGEST_PAUSE_S, woken=False) == SHORTEST_PAUSE_S


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ({"eventName": ["INSERT", "MODIFY"]}, True),
        ({"eventName": ["MODIFY"]}, False),
        ({"eventName": ["INSERT"], "n": [6]}, False),
        ({"deep": {"x": ["Hello"]}}, True),
        ({"deep": {"x": [{"prefix": "He"}]}}, True),
        ({"deep": {"x": [{"suffix": "lo"}]}}, True),
        ({"deep": {"x": [{"equals-ignore-case": "hELLO"}]}}, True),
        ({"deep": {"x": [{"anything-but": ["Hello"]}]}}, False),
        ({"deep": {"x": [{"anything-but": {"prefix": "Ho"}}]}}, True),
        ({"deep": {"z": [{"anything-but": "a"}]}}, False),
        ({"n": [{"numeric": [">", 4, "<=", 5]}]}, True),
        ({"n": [{"numeric": ["<", 5]}]}, False),
        ({"flag": [{"numeric": ["=", 1]}]}, False),
        ({"flag": [1]}, False),
        ({"flag": [True]}, True),
        ({"none": [None]}, True),
        ({"missing": [None]}, False),
        ({"missing": [{"exists": False}]}, True),
        ({"deep": {"z": [{"exists": False}]}}, True),
        ({"missing": {"z": [{"exists": False}]}}, True),
        ({"n": [{"exists": True}]}, True),
        ({"tags": ["b"]}, True),
        ({"tags": ["c"]}, False),
        ({"n": {"x": ["1"]}}, False),
        ({"$or": [{"n": [1]}, {"flag": [True]}]}, True),
        ({"$or": [{"n": [1]}, {"n": [2]}]}, False),
    ],
)
def test_filter_rules(pattern: Any, expected: bool) -> None:
    """These are the rules of Lambda's event filtering."""
    assert passes([json.dumps(pattern)], RECORD) is expected


def test_any_filter_may_pass_and_none_means_all() -> None:
    """Several filters are alternatives."""
    no, yes = json.dumps({"n": [1]}), json.dumps({"n": [5]})
    assert passes([], RECORD)
    assert passes([no, yes], RECORD)
    assert not passes([no, no], RECORD)


@pytest.mark.parametrize(
    "pattern", [{"n": [{"cidr": "10.0.0.0/8"}]}, {"n": 5}, {"n": [{"numeric": ["~", 1]}]}, {"n": [{}]}]
)
def test_unknown_rules_are_errors(pattern: Any) -> None:
    """An unknown rule must not silently pass nothing."""
    with pytest.raises(UnsupportedPattern):
        passes([json.dumps(pattern)], RECORD)


IDS = ["a", "b", "c"]


@pytest.mark.parametrize(
    ("payload", "failed"),
    [
        (None, set()),
        ({}, set()),
        ({"batchItemFailures": None}, set()),
        ({"batchItemFailures": []}, set()),
        ({"batchItemFailures": [{"itemIdentifier": "b"}]}, {"b"}),
        ({"batchItemFailures": [{"itemIdentifier": "b"}, {"itemIdentifier": "b"}]}, {"b"}),
        ({"batchItemFailures": [{"itemIdentifier": "x"}]}, set(IDS)),
        ({"batchItemFailures": [{"itemIdentifier": "b"}, {"itemIdentifier": "x"}]}, set(IDS)),
        ({"batchItemFailures": [{"itemIdentifier": ""}]}, set(IDS)),
        ({"batchItemFailures": [{"itemIdentifier": None}]}, set(IDS)),
        ({"batchItemFailures": [{"itemIdentifier": "b"}, {"itemIdentifier": None}]}, set(IDS)),
        ({"batchItemFailures": [{"wrongKey": "b"}]}, set(IDS)),
        ({"batchItemFailures": ["b"]}, set(IDS)),
        ({"batchItemFailures": "b"}, set(IDS)),
        ("text", set(IDS)),
        ([], set(IDS)),
    ],
)
def test_reported_failures(payload: Any, failed: set[str]) -> None:
    """The results are those of Lambda's documentation. Without the setting the response has no effect."""
    assert failures(Result("r", payload), IDS, partial=True) == failed
    assert failures(Result("r", payload), IDS, partial=False) == set()


def test_function_error_fails_the_batch() -> None:
    """The mapping's settings have no effect on it."""
    for partial in (True, False):
        assert failures(Result.failed("r", FunctionError("E", "m")), IDS, partial=partial) == set(IDS)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda i: st.lists(i) | st.dictionaries(st.sampled_from(["batchItemFailures", "itemIdentifier"]), i),
)


@given(JSON)
def test_any_response_names_records_of_the_batch(payload: Any) -> None:
    """No response raises, or fails a record that was not in the batch."""
    assert failures(Result("r", payload), IDS, partial=True) <= set(IDS)


MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - Hypothesis takes no zone here
NOW = datetime(2026, 11, 23, 10, 30, 15, tzinfo=UTC)  # a Monday


@pytest.mark.parametrize(
    ("expression", "zone", "expected"),
    [
        ("rate(5 minutes)", "UTC", "2026-11-23T10:35:15"),
        ("rate(1 day)", "UTC", "2026-11-24T10:30:15"),
        ("at(2026-12-24T18:00:00)", "Europe/Rome", "2026-12-24T17:00:00"),
        ("at(2020-01-01T00:00:00)", "UTC", None),
    ],
)
def test_next_firing(expression: str, zone: str, expected: str | None) -> None:
    """The expected time is the first after a Monday morning."""
    firing = timetable(expression, zone).after(NOW)
    assert firing == (datetime.fromisoformat(expected).replace(tzinfo=UTC) if expected else None)


@pytest.mark.parametrize("expression", ["", "rate(0 minutes)", "rate(5 weeks)", "every(5 minutes)", "at(soon)"])
def test_unsupported_schedules_are_errors(expression: str) -> None:
    """The error names the problem."""
    with pytest.raises(UnsupportedSchedule, match=re.escape(repr(expression))):
        timetable(expression)


@pytest.mark.parametrize(
    "fields",
    [
        "0 10 * * ? *",
        "0 18 ? * MON-FRI *",
        "0/5 8-17 ? * MON-FRI *",
        "15 10 ? * 6L 2022-2023",
        "0 9 ? * 2#1 *",
        "* * * *",
    ],
)
def test_cron_schedules_are_refused_by_name(fields: str) -> None:
    with pytest.raises(UnsupportedSchedule, match=r"cron.*does not run cron\(\.\.\.\): use rate"):
        timetable(f"cron({fields})")


@given(MOMENTS, st.integers(1, 10_000), st.sampled_from(["minute", "hour", "day"]))
def test_a_rate_fires_once_per_interval(moment: datetime, count: int, unit: str) -> None:
    minutes = count * {"minute": 1, "hour": 60, "day": 24 * 60}[unit]
    for expression in (f"rate({count} {unit})", f"rate({count} {unit}s)"):
        assert timetable(expression).after(moment) == moment + timedelta(minutes=minutes)


@given(MOMENTS, MOMENTS, st.sampled_from(["UTC", "Europe/Rome", "America/New_York"]))
def test_a_one_time_schedule_fires_once_in_its_time_zone(moment: datetime, when: datetime, zone: str) -> None:
    local = when.astimezone(ZoneInfo(zone)).replace(microsecond=0, fold=0)
    expected = local if local > moment else None
    assert timetable(f"at({local:%Y-%m-%dT%H:%M:%S})", zone).after(moment) == expected


def role_for(cloud: Cloud, action: str, resource: str) -> str:
    """Returns the ARN of a role that allows one action."""
    iam, name = cloud.client("iam"), action.replace(":", "-")
    role = iam.create_role(RoleName=name, AssumeRolePolicyDocument="{}")["Role"]
    statement = {"Effect": "Allow", "Action": action, "Resource": resource}
    iam.put_role_policy(
        RoleName=name, PolicyName="call", PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    )
    return str(role["Arn"])


def test_a_schedule_without_a_right_on_its_target_fires_nothing(cloud: Cloud) -> None:
    function = deploy_function(cloud, "f")
    cloud.client("scheduler").create_schedule(
        Name="often",
        ScheduleExpression="rate(5 minutes)",
        Target={"Arn": function, "RoleArn": role_for(cloud, "lambda:InvokeFunction", f"{function}-2")},
        FlexibleTimeWindow={"Mode": "OFF"},
    )
    functions, now = Handlers(f=lambda event: None), [NOW]

    async def scenario() -> None:
        schedules = Schedules(cloud, functions, clock=lambda: now[0])  # type: ignore[arg-type]  # a fake
        await schedules.refresh()
        now[0] = NOW + timedelta(minutes=5)
        schedules.fire_due()
        await eventually(lambda: not schedules.inflight)

    run(scenario())
    assert functions.events.get("f", []) == []


def test_schedules_fire_at_their_targets(cloud: Cloud) -> None:
    """A function and a queue get their input when it is due, once each time. A one-time schedule is deleted."""
    url, queue = deploy_queue(cloud, "q")
    function = deploy_function(cloud, "f")
    client = cloud.client("scheduler")
    role = role_for(cloud, "lambda:InvokeFunction", function)
    sender = role_for(cloud, "sqs:SendMessage", queue)
    window = {"FlexibleTimeWindow": {"Mode": "OFF"}}
    stamp = '{"at": "<aws.scheduler.scheduled-time>"}'
    client.create_schedule(
        Name="often",
        ScheduleExpression="rate(5 minutes)",
        Target={"Arn": function, "RoleArn": role, "Input": stamp},
        **window,
    )
    client.create_schedule(
        Name="once",
        ScheduleExpression="at(2026-11-23T10:32:00)",
        ActionAfterCompletion="DELETE",
        Target={"Arn": queue, "RoleArn": sender, "Input": "hello"},
        **window,
    )
    client.create_schedule(
        Name="off",
        State="DISABLED",
        ScheduleExpression="rate(1 minute)",
        Target={"Arn": function, "RoleArn": role},
        **window,
    )
    functions = Handlers(f=lambda event: None)
    now = [NOW]

    async def scenario() -> None:
        schedules = Schedules(cloud, functions, clock=lambda: now[0])  # type: ignore[arg-type]  # a fake
        await schedules.refresh()
        for minutes in (0, 2, 4, 5, 5, 11):
            now[0] = NOW + timedelta(minutes=minutes)
            schedules.fire_due()
            await eventually(lambda: not schedules.inflight)
        await schedules.refresh()
        assert {schedule.name for schedule in schedules._next} == {"often"}

    run(scenario())
    assert functions.events["f"] == [{"at": "2026-11-23T10:35:15Z"}, {"at": "2026-11-23T10:40:15Z"}]
    (message,) = cloud.client("sqs").receive_message(QueueUrl=url)["Messages"]
    assert message["Body"] == "hello"
