"""Settings → the adapters of automations and their runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from functions.adapters import schema
from functions.wiring.clients import dynamodb, sqs

if TYPE_CHECKING:
    from functions.adapters.automations.automation_queue import SqsAutomationQueue
    from functions.adapters.automations.automations import DynamoAutomations, DynamoStepCounts
    from functions.adapters.automations.runs import DynamoRuns
    from functions.adapters.sending.due_watermark import DynamoDueWatermark
    from functions.wiring.container import Container


def automations(c: Container) -> DynamoAutomations:
    from functions.adapters.automations.automations import DynamoAutomations

    return DynamoAutomations(c.get(dynamodb), c.settings.automations_table)


def runs(c: Container) -> DynamoRuns:
    from functions.adapters.automations.runs import DynamoRuns

    return DynamoRuns(c.get(dynamodb), c.settings.automations_table, c.settings.retention_days)


def step_counts(c: Container) -> DynamoStepCounts:
    from functions.adapters.automations.automations import DynamoStepCounts

    return DynamoStepCounts(c.get(dynamodb), c.settings.automations_table)


def automation_queue(c: Container) -> SqsAutomationQueue:
    from functions.adapters.automations.automation_queue import SqsAutomationQueue

    return SqsAutomationQueue(c.get(sqs), c.settings.automation_queue_url)


def runs_watermark(c: Container) -> DynamoDueWatermark:
    from functions.adapters.sending.due_watermark import DynamoDueWatermark

    return DynamoDueWatermark(c.get(dynamodb), c.settings.metrics_table, schema.RUNS_DUE)
