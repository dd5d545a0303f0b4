"""ports.Metrics on the metrics table: a tally per email and hour, and per hour the emails that have one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from functions.adapters import keys
from functions.adapters.aws_errors import AwsError
from functions.adapters.items import from_item, to_item
from functions.core.errors import Retry
from functions.core.tally import Bucket, Tally, Watermark
from functions.ports import EmailCounters

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


@dataclass(frozen=True, slots=True)
class DynamoMetrics:
    client: DynamoDBClient
    table: str

    def tally(self, bucket: Bucket) -> Tally:
        answer = self.client.get_item(TableName=self.table, Key=to_item(_key(bucket)), ConsistentRead=True)
        return _tally(from_item(answer["Item"])) if "Item" in answer else Tally()

    def save(self, bucket: Bucket, tally: Tally) -> None:
        if tally.version == 1:
            self._list(bucket)  # first: an email listed with nothing to count is harmless, one not listed would be lost
        item = {
            **_key(bucket),
            "version": tally.version,
            "counters": dict(tally.counters),
            "watermarks": {shard: [mark.sequence, mark.at] for shard, mark in tally.watermarks.items()},
        }
        try:
            self.client.put_item(
                TableName=self.table,
                Item=to_item(item),
                ConditionExpression="attribute_not_exists(version) OR version = :read",
                ExpressionAttributeValues=to_item({":read": tally.version - 1}),
            )
        except AwsError as error:
            if error.code != "ConditionalCheckFailedException":
                raise
            raise Retry(f"{bucket} was saved by another worker") from error

    def pending(self, since: str, until: str) -> list[Bucket]:
        return [
            Bucket(email_id, values["bucket"])
            for email_id in self._listed(since, until)
            for values in self._between(keys.email_subject(email_id), since, until)
            if values["counters"].get("pending", 0) > 0
        ]

    def by_email(self, since: str, until: str, email_ids: Sequence[int] = ()) -> list[EmailCounters]:
        wanted = email_ids or self._listed(since, until)
        totals = [EmailCounters(email_id, self._total(email_id, since, until)) for email_id in wanted]
        return [total for total in totals if total.counters]

    def _list(self, bucket: Bucket) -> None:
        self.client.update_item(
            TableName=self.table,
            Key=to_item({"subject": keys.ACCOUNT, "bucket": bucket.hour}),
            UpdateExpression="ADD emails :email",
            ExpressionAttributeValues=to_item({":email": {bucket.email_id}}),
        )

    def _listed(self, since: str, until: str) -> list[int]:
        hours = self._between(keys.ACCOUNT, since, until)
        return sorted({int(email_id) for hour in hours for email_id in hour["emails"]})

    def _total(self, email_id: int, since: str, until: str) -> dict[str, int]:
        total: Counter[str] = Counter()
        for values in self._between(keys.email_subject(email_id), since, until):
            total.update(values["counters"])
        return dict(total)

    def _between(self, subject: str, since: str, until: str) -> list[dict[str, Any]]:
        pages = self.client.get_paginator("query").paginate(
            TableName=self.table,
            KeyConditionExpression="subject = :subject AND #bucket BETWEEN :since AND :until",
            ExpressionAttributeNames={"#bucket": "bucket"},
            ExpressionAttributeValues=to_item({":subject": subject, ":since": since, ":until": until}),
        )
        return [from_item(item) for page in pages for item in page["Items"]]


def _key(bucket: Bucket) -> dict[str, Any]:
    return {"subject": keys.email_subject(bucket.email_id), "bucket": bucket.hour}


def _tally(values: Mapping[str, Any]) -> Tally:
    marks = {shard: Watermark(sequence, at) for shard, (sequence, at) in values["watermarks"].items()}
    return Tally(values["counters"], marks, values["version"])
