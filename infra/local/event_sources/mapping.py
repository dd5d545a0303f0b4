"""One deployed event source mapping with its current settings."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping as Dictionary

    from infra.local.cloud import Cloud

PARTIAL = "ReportBatchItemFailures"


class UnsupportedMapping(Exception):
    """The deployed mapping has a source that the local stack cannot poll."""


@dataclass(frozen=True, slots=True)
class Mapping:
    """Settings in Lambda's terms. `maximum_retries` is -1 for no limit. `filters` are decoded patterns; any may match.

    MaximumBatchingWindow is ignored: a local batch never waits for more records. The age of records and the
    parallelization of streams have no effect on one machine either.
    """

    id: str
    source: str
    function: str
    batch_size: int
    enabled: bool = True
    partial: bool = False
    maximum_concurrency: int | None = None
    filters: tuple[str, ...] = ()
    starting_position: str = "TRIM_HORIZON"
    bisect: bool = False
    maximum_retries: int = -1
    on_failure: str | None = None
    tumbling_window_s: int = 0  # 0: none

    @classmethod
    def deployed(cls, response: Dictionary[str, Any]) -> Mapping:
        """Reads one entry of ListEventSourceMappings."""
        source = response["EventSourceArn"]
        service = source.split(":")[2]
        if service not in {"sqs", "dynamodb"} or source.endswith(".fifo"):
            raise UnsupportedMapping(f"{source}: only standard SQS queues and DynamoDB streams can be followed locally")
        retries = response.get("MaximumRetryAttempts")
        return cls(
            id=response["UUID"],
            source=source,
            function=response["FunctionArn"],
            batch_size=int(response["BatchSize"]),
            enabled=response.get("State") not in {"Disabled", "Disabling"},
            partial=PARTIAL in (response.get("FunctionResponseTypes") or ()),
            maximum_concurrency=(response.get("ScalingConfig") or {}).get("MaximumConcurrency"),
            filters=tuple(_patterns(response.get("FilterCriteria"))),
            starting_position=response.get("StartingPosition") or "TRIM_HORIZON",
            bisect=bool(response.get("BisectBatchOnFunctionError")),
            maximum_retries=-1 if retries is None else int(retries),
            on_failure=((response.get("DestinationConfig") or {}).get("OnFailure") or {}).get("Destination"),
            tumbling_window_s=int(response.get("TumblingWindowInSeconds") or 0),
        )

    @property
    def of_queue(self) -> bool:
        """Whether the source is a queue. Otherwise it is a stream."""
        return self.source.split(":", 3)[2] == "sqs"


def read_mappings(cloud: Cloud) -> dict[str, Mapping]:
    """Returns all mappings of the account by id."""
    pages = cloud.client("lambda").get_paginator("list_event_source_mappings").paginate()
    mappings = (Mapping.deployed(response) for page in pages for response in page["EventSourceMappings"])
    return {mapping.id: mapping for mapping in mappings}


def _patterns(criteria: Dictionary[str, Any] | None) -> list[str]:
    patterns = [entry["Pattern"] for entry in (criteria or {}).get("Filters") or ()]
    return [pattern if isinstance(pattern, str) else json.dumps(pattern) for pattern in patterns]
