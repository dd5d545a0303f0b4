"""The `staffetta` command rebuilds counters on the whole service. It confirms right counters, and finds and repairs wrong ones."""

from __future__ import annotations

import re

import pytest

from functions.adapters.aws.marshalling import to_item
from functions.core import timestamps
from functions.core.statistics.counter_updates import SubjectType
from functions.steps.statistics import rebuild
from tests.end_to_end.service import Service
from tests.end_to_end.support.sending.sends import SEND, request
from tests.support.cli.staffetta_command import invoke

TAG = "purpose=rebuild"


def test_a_rebuild_finds_and_corrects_wrong_counters(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", service.ready.aws_url)
    monkeypatch.setenv("AWS_DEFAULT_REGION", service.stack.cloud.region)
    monkeypatch.setattr(rebuild, "SETTLE_SECONDS", 1)  # nothing is on its way here

    def staffetta(*words: str) -> str:
        """Returns its lines about our tag. Other tests may have changed other counters."""
        result = invoke("metrics", "rebuild", *words, "--stage", "local")  # the exit code is 1 if something differs
        assert result.exit_code in {0, 1}, result.output
        expected = (TAG, "cells", "CELL")
        return "\n".join(line for line in result.stdout.splitlines() if any(word in line for word in expected))

    for number in range(3):
        requested = request(service, f"{number}@rebuild.example.net", tags={"purpose": "rebuild"})
        assert service.http.post(SEND, json=requested).json()["status"] == "PENDING"
    service.settle()
    assert TAG not in staffetta()

    damage(service)
    reported = staffetta()
    assert re.search(f"{SubjectType.TAG} {TAG} {today(service)} +delivered -39, sent -39", reported)
    assert "MISSING" in reported
    assert "ADDED" in staffetta("--apply")
    assert TAG not in staffetta()
    counted = service.http.get("/staffetta/v1/statistics/tags").json()
    assert TAG in str(counted)


def damage(service: Service) -> None:
    """Changes the day's cell of our tag, as an operator could by hand."""
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
