"""Counters told anew on the whole service: proved, damaged, found and mended, by the `staffetta` command."""

from __future__ import annotations

from contextlib import suppress

import boto3
import pytest

from functions.adapters.aws.marshalling import to_item
from functions.core import timestamps
from functions.core.statistics.counter_updates import SubjectType
from functions.steps.statistics import rebuild
from infra.local import cli
from tests.end_to_end.service import Service
from tests.end_to_end.test_flow import SEND, request

TAG = "purpose=rebuild"


def test_counters_are_proved_and_mended(
    service: Service, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", service.ready.aws_url)
    monkeypatch.setenv("AWS_DEFAULT_REGION", service.stack.cloud.region)
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    monkeypatch.setattr(rebuild, "SETTLE_SECONDS", 1)  # nothing is on its way here

    def staffetta(*words: str) -> str:
        """What it says of our tag; other tests may have left the counters as they wanted them."""
        with suppress(SystemExit):  # where something differs
            cli.main(["metrics", "rebuild", *words, "--stage", "local"])
        return "\n".join(line for line in capsys.readouterr().out.splitlines() if TAG in line or "cells" in line)

    for number in range(3):
        asked = request(service, f"{number}@rebuild.example.net", tags={"purpose": "rebuild"})
        assert service.http.post(SEND, json=asked).json()["status"] == "PENDING"
    service.settle()
    assert TAG not in staffetta()

    damage(service)
    told = staffetta()
    assert f"{SubjectType.TAG} {TAG} {today(service)}: delivered -39, sent -39" in told
    assert "lacking" in told
    assert "added" in staffetta("--apply")
    assert TAG not in staffetta()
    counted = service.http.get("/staffetta/v1/statistics/tags").json()
    assert TAG in str(counted)


def damage(service: Service) -> None:
    """Somebody's hand in the day's cell of our tag."""
    table, dynamodb = service.stack.container.settings.metrics_table, service.stack.cloud.client("dynamodb")
    items = dynamodb.query(
        TableName=table,
        KeyConditionExpression="subject = :subject AND begins_with(#bucket, :day)",
        ExpressionAttributeNames={"#bucket": "bucket"},
        ExpressionAttributeValues=to_item({":subject": f"tag#{TAG}", ":day": "day#"}),
    )["Items"]
    dynamodb.update_item(
        TableName=table,
        Key={name: items[0][name] for name in ("subject", "bucket")},
        UpdateExpression="ADD #sent :more, #delivered :more",
        ExpressionAttributeNames={"#sent": "+sent", "#delivered": "+delivered"},
        ExpressionAttributeValues=to_item({":more": 39}),
    )


def today(service: Service) -> str:
    return timestamps.iso(service.stack.container.clock())[:10]
