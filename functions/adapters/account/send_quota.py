"""ports.QuotaStore: one item of the metrics table. Every worker writes it, and no worker may write the tokens table."""

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

_KEY = to_item({"subject": schema.SEND_QUOTA, "bucket": schema.SEND_QUOTA})
_THOUSAND = 1000  # stored numbers are whole, so they are thousandths


class DynamoQuotaStore(Struct, frozen=True):
    client: DynamoDBClient
    table: str

    def get(self) -> SendQuota | None:
        answer = self._request("get_item", Key=_KEY, ConsistentRead=True) or {}
        return _send_quota(from_item(answer["Item"])) if "Item" in answer else None

    def save(self, quota: SendQuota) -> SendQuota | None:
        """External mail is counted without a new version, so a concurrent save may lose a few counts. The number is an estimate."""
        stored = replace(quota, version=quota.version + 1)
        saved = self._request(
            "put_item",
            Item={**_KEY, **_item(stored)},
            ConditionExpression="attribute_not_exists(version) OR version = :read",
            ExpressionAttributeValues=to_item({":read": quota.version}),
        )
        return None if saved is None else stored

    def add_external(self, mails: int) -> None:
        self._request(
            "update_item",
            Key=_KEY,
            UpdateExpression="ADD foreign_mails :mails",
            ConditionExpression="attribute_exists(version)",
            ExpressionAttributeValues=to_item({":mails": mails}),
        )

    def _request(self, operation: str, **request: Any) -> dict[str, Any] | None:
        """Returns None if the condition fails."""
        try:
            return conditional_write(getattr(self.client, operation), TableName=self.table, **request)
        except (AwsError, ConnectError, ReadTimeout) as error:
            raise Retry(f"the send quota cannot be reached: {error}") from error


def _item(quota: SendQuota) -> Item:
    return to_item(
        {
            "version": quota.version,
            "tokens": _thousandths(quota.bucket.tokens),
            "filled_at": _thousandths(quota.bucket.at),
            "per_second": _thousandths(quota.per_second),
            "day_left": quota.day_left,
            "told_at": _thousandths(quota.fetched_at),
            "foreign_mails": quota.sent_elsewhere,
            "quota": _ses_quota_item(quota.quota),
        }
    )


def _send_quota(values: Mapping[str, Any]) -> SendQuota:
    return SendQuota(
        bucket=TokenBucket(values["tokens"] / _THOUSAND, values["filled_at"] / _THOUSAND),
        per_second=values["per_second"] / _THOUSAND,
        day_left=values.get("day_left"),
        fetched_at=values["told_at"] / _THOUSAND,
        sent_elsewhere=values["foreign_mails"],
        version=values["version"],
        quota=_ses_quota(values["quota"]) if "quota" in values else None,
    )


def _ses_quota_item(quota: SesQuota | None) -> dict[str, Any] | None:
    return {**to_builtins(quota), "per_second": _thousandths(quota.per_second)} if quota else None


def _ses_quota(values: Mapping[str, Any]) -> SesQuota:
    return SesQuota(**{**values, "per_second": values["per_second"] / _THOUSAND})


def _thousandths(number: float) -> int:
    return int(number * _THOUSAND)
