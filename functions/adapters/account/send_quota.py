"""ports.Governors: one item of the metrics table. Not of the tokens table, since every worker may write it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from msgspec import Struct, to_builtins
from msgspec.structs import replace

from functions.adapters import schema
from functions.adapters.aws.conditional_write import conditional_write
from functions.adapters.aws.errors import AwsError, ConnectError, ReadTimeout
from functions.adapters.aws.marshalling import Item, from_item, to_item
from functions.core.access.token_bucket import TokenBucket
from functions.core.errors import Retry
from functions.core.sending.throttle import SendQuota, SesQuota

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_KEY = to_item({"subject": schema.GOVERNOR, "bucket": schema.GOVERNOR})
_THOUSAND = 1000  # stored numbers are whole ones: thousandths


class DynamoQuotaStore(Struct, frozen=True):
    client: DynamoDBClient
    table: str

    def get(self) -> SendQuota | None:
        answer = self._asked("get_item", Key=_KEY, ConsistentRead=True) or {}
        return _governor(from_item(answer["Item"])) if "Item" in answer else None

    def save(self, governor: SendQuota) -> SendQuota | None:
        """Mails of others may be added without a new version: whoever saves over that loses a few, of a number that is a guess."""
        stored = replace(governor, version=governor.version + 1)
        saved = self._asked(
            "put_item",
            Item={**_KEY, **_item(stored)},
            ConditionExpression="attribute_not_exists(version) OR version = :read",
            ExpressionAttributeValues=to_item({":read": governor.version}),
        )
        return None if saved is None else stored

    def add_external(self, mails: int) -> None:
        self._asked(
            "update_item",
            Key=_KEY,
            UpdateExpression="ADD foreign_mails :mails",
            ConditionExpression="attribute_exists(version)",
            ExpressionAttributeValues=to_item({":mails": mails}),
        )

    def _asked(self, operation: str, **request: Any) -> dict[str, Any] | None:
        """None where the condition said no."""
        try:
            return conditional_write(getattr(self.client, operation), TableName=self.table, **request)
        except (AwsError, ConnectError, ReadTimeout) as error:
            raise Retry(f"the governor cannot be asked: {error}") from error


def _item(governor: SendQuota) -> Item:
    return to_item(
        {
            "version": governor.version,
            "tokens": _thousandths(governor.bucket.tokens),
            "filled_at": _thousandths(governor.bucket.at),
            "per_second": _thousandths(governor.per_second),
            "day_left": governor.day_left,
            "told_at": _thousandths(governor.fetched_at),
            "foreign_mails": governor.sent_elsewhere,
            "quota": _quota_item(governor.quota),
        }
    )


def _governor(values: Mapping[str, Any]) -> SendQuota:
    return SendQuota(
        bucket=TokenBucket(values["tokens"] / _THOUSAND, values["filled_at"] / _THOUSAND),
        per_second=values["per_second"] / _THOUSAND,
        day_left=values.get("day_left"),
        fetched_at=values["told_at"] / _THOUSAND,
        sent_elsewhere=values["foreign_mails"],
        version=values["version"],
        quota=_quota(values["quota"]) if "quota" in values else None,
    )


def _quota_item(quota: SesQuota | None) -> dict[str, Any] | None:
    return {**to_builtins(quota), "per_second": _thousandths(quota.per_second)} if quota else None


def _quota(values: Mapping[str, Any]) -> SesQuota:
    return SesQuota(**{**values, "per_second": values["per_second"] / _THOUSAND})


def _thousandths(number: float) -> int:
    return int(number * _THOUSAND)
