"""ports.Counters on the metrics table: an item per counter key and slot, so that shards can add at the same time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from functions.adapters import schema
from functions.adapters.aws.conditional_write import conditional_write
from functions.adapters.aws.marshalling import Item, from_item, to_item
from functions.core.errors import Retry
from functions.core.statistics import periods
from functions.core.statistics.counter_updates import (
    CounterKey,
    CounterUpdate,
    ShardCounters,
    Subject,
    SubjectType,
    Watermark,
    slot,
)
from functions.core.statistics.periods import DateRange
from functions.ports.statistics import EmailCounters, PeriodCounters

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_AFTER = "~"  # sorts after every slot


class DynamoCounters(Struct, frozen=True):
    client: DynamoDBClient
    table: str

    def get(self, cell: CounterKey, shard: str) -> ShardCounters:
        return _shard_counters(self._get(_key(cell, shard)))

    def add(self, cell: CounterKey, shard: str, addition: CounterUpdate) -> None:
        update = self.client.update_item
        if conditional_write(update, TableName=self.table, Key=_key(cell, shard), **_update(addition)) is None:
            raise Retry(f"another worker counted the same changes of {cell}")

    def reserve_tags(self, day: str, tags: frozenset[str], most: int) -> frozenset[str]:
        while True:
            reserved = frozenset(self._get(_tags_key(day)).get("tags", ()))
            new = sorted(tags - reserved)[: max(0, most - len(reserved))]
            if not new or self._admit(day, new, most - len(new)):
                return reserved.union(new)

    def tags(self, first: str, last: str) -> list[str]:
        days = self._between(schema.TAGS, first, last)
        return sorted({tag for values in days for tag in values["tags"]})

    def emails(self, first: str, last: str) -> list[int]:
        days = self._between(schema.counter_subject(SubjectType.ACCOUNT, ""), first, last)
        return sorted({email_id for values in days for email_id in values.get("emails", ())})

    def by_email(self, since: str, until: str, email_ids: Sequence[int] = ()) -> list[EmailCounters]:
        selected = email_ids or self.emails(periods.day(since), periods.day(until))
        totals = [self._email(email_id, periods.covering(since, until)) for email_id in selected]
        return [total for total in totals if total.counters]

    def _email(self, email_id: int, spans: Sequence[DateRange]) -> EmailCounters:
        total: Counter[str] = Counter()
        rules: frozenset[int] = frozenset()
        for counted in (one for span in spans for one in self.read(Subject(SubjectType.EMAIL, str(email_id)), span)):
            total.update(counted.counters)
            rules |= counted.rules
        return EmailCounters(email_id, dict(total), rules)

    def read(self, subject: Subject, span: DateRange) -> list[PeriodCounters]:
        counted: dict[str, Counter[str]] = {}
        rules: dict[str, frozenset[int]] = {}
        for values in self._between(
            schema.counter_subject(subject.type, subject.name), span.first, span.last, span.days
        ):
            period = values["bucket"].split("#")[1]
            counted.setdefault(period, Counter()).update(_counters(values))
            rules[period] = rules.get(period, frozenset()) | values["rules"]
        return [PeriodCounters(period, dict(counters), rules[period]) for period, counters in counted.items()]

    def _admit(self, day: str, new: list[str], room_below: int) -> bool:
        """Returns False if another worker wrote first: there may be less room then."""
        written = conditional_write(
            self.client.update_item,
            TableName=self.table,
            Key=_tags_key(day),
            UpdateExpression="ADD tags :new",
            ConditionExpression="attribute_not_exists(tags) OR size(tags) <= :room",
            ExpressionAttributeValues=to_item({":new": set(new), ":room": room_below}),
        )
        return written is not None

    def _get(self, key: Item) -> dict[str, Any]:
        answer = self.client.get_item(TableName=self.table, Key=key, ConsistentRead=True)
        return from_item(answer.get("Item", {}))

    def _between(self, subject: str, first: str, last: str, days: bool = True) -> Iterator[dict[str, Any]]:
        unit = "day" if days else "hour"
        pages = self.client.get_paginator("query").paginate(
            TableName=self.table,
            KeyConditionExpression="subject = :subject AND #bucket BETWEEN :first AND :last",
            ExpressionAttributeNames={"#bucket": "bucket"},
            ExpressionAttributeValues=to_item(
                {":subject": subject, ":first": f"{unit}#{first}", ":last": f"{unit}#{last}{_AFTER}"}
            ),
        )
        return (from_item(item) for page in pages for item in page["Items"])


def _key(cell: CounterKey, shard: str) -> Item:
    subject = schema.counter_subject(cell.subject.type, cell.subject.name)
    return to_item({"subject": subject, "bucket": schema.counter_bucket(cell.period, slot(shard))})


def _tags_key(day: str) -> Item:
    return to_item({"subject": schema.TAGS, "bucket": schema.counter_bucket(day)})


def _shard_counters(values: Mapping[str, Any]) -> ShardCounters:
    marks = {
        name.removeprefix(schema.WATERMARK): Watermark(int(mark["sequence"]), mark["at"])
        for name, mark in values.items()
        if name.startswith(schema.WATERMARK)
    }
    return ShardCounters(
        _counters(values),
        marks,
        frozenset(values.get("emails", ())),
        frozenset(values.get("rules", ())),
    )


def _counters(values: Mapping[str, Any]) -> dict[str, int]:
    return {
        name.removeprefix(schema.COUNTER): number for name, number in values.items() if name.startswith(schema.COUNTER)
    }


def _update(addition: CounterUpdate) -> dict[str, Any]:
    """One write: the counters and the shard's watermark, on the condition that the watermark is unchanged."""
    added: dict[str, Any] = {schema.COUNTER + name: number for name, number in addition.counters.items()}
    added |= {"rules": {addition.rules}, **({"emails": addition.emails} if addition.emails else {})}
    names = {f"#{number}": name for number, name in enumerate(added)}
    values = {f":{number}": value for number, value in enumerate(added.values())}
    outdated = {f"#o{number}": schema.WATERMARK + shard for number, shard in enumerate(addition.outdated)}
    previous = addition.previous
    mark = {"sequence": str(addition.watermark.sequence), "at": addition.watermark.at}
    return {
        "UpdateExpression": f"ADD {', '.join(f'#{number} :{number}' for number in range(len(added)))} SET #mark = :mark"
        + (f" REMOVE {', '.join(outdated)}" if outdated else ""),
        "ConditionExpression": "#mark.#sequence = :seen" if previous else "attribute_not_exists(#mark)",
        "ExpressionAttributeNames": {
            **names,
            **outdated,
            "#mark": schema.WATERMARK + addition.shard,
            **({"#sequence": "sequence"} if previous else {}),
        },
        "ExpressionAttributeValues": to_item(
            {**values, ":mark": mark, **({":seen": str(previous.sequence)} if previous else {})}
        ),
    }
