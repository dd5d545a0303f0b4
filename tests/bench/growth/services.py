"""The other services, in memory: what our steps call of SQS, S3, IAM, SES and CloudWatch."""

from __future__ import annotations

import io
from bisect import bisect_right
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Iterator, Sequence
from types import SimpleNamespace
from typing import Any

from functions.adapters.aws.errors import AwsError, Exceptions, error_class
from tests.bench.growth.meter import Meter, operation

MANY = 10  # messages of SQS in one call


class Queues:
    """SQS. A message that was received is hidden until it is deleted or made visible."""

    def __init__(self, meter: Meter) -> None:
        self.meter = meter
        self.visible: defaultdict[str, OrderedDict[str, Any]] = defaultdict(OrderedDict)
        self.hidden: defaultdict[str, OrderedDict[str, Any]] = defaultdict(OrderedDict)
        self._numbers = 0

    def put(self, url: str, body: str) -> None:
        self._numbers += 1
        name = f"m{self._numbers}"
        self.visible[url][name] = {"MessageId": name, "ReceiptHandle": name, "Body": body}

    def depth(self, url: str) -> int:
        return len(self.visible[url]) + len(self.hidden[url])

    @operation
    def send_message(self, *, QueueUrl: str, MessageBody: str, **_: Any) -> Any:
        self.put(QueueUrl, MessageBody)
        return {"MessageId": "m"}

    @operation
    def send_message_batch(self, *, QueueUrl: str, Entries: Any) -> Any:
        for entry in Entries:
            self.put(QueueUrl, entry["MessageBody"])
        return {"Successful": [{"Id": entry["Id"]} for entry in Entries]}

    @operation
    def receive_message(self, *, QueueUrl: str, VisibilityTimeout: int, **_: Any) -> Any:
        visible = self.visible[QueueUrl]
        messages = [visible.popitem(last=False)[1] for _ in range(min(MANY, len(visible)))]
        for message in messages:
            (self.hidden if VisibilityTimeout else self.visible)[QueueUrl][message["MessageId"]] = message
        return {"Messages": messages} if messages else {}

    @operation
    def delete_message(self, *, QueueUrl: str, ReceiptHandle: str) -> Any:
        self._take(QueueUrl, ReceiptHandle)
        return {}

    @operation
    def delete_message_batch(self, *, QueueUrl: str, Entries: Any) -> Any:
        for entry in Entries:
            self._take(QueueUrl, entry["ReceiptHandle"])
        return {"Successful": [{"Id": entry["Id"]} for entry in Entries]}

    @operation
    def change_message_visibility(self, *, QueueUrl: str, ReceiptHandle: str, **_: Any) -> Any:
        self.visible[QueueUrl][ReceiptHandle] = self._take(QueueUrl, ReceiptHandle)
        return {}

    @operation
    def change_message_visibility_batch(self, *, QueueUrl: str, Entries: Any) -> Any:
        for entry in Entries:
            self.visible[QueueUrl][entry["ReceiptHandle"]] = self._take(QueueUrl, entry["ReceiptHandle"])
        return {"Successful": [{"Id": entry["Id"]} for entry in Entries]}

    @operation
    def get_queue_attributes(self, *, QueueUrl: str, AttributeNames: Sequence[str]) -> Any:
        return {"Attributes": dict.fromkeys(AttributeNames, str(self.depth(QueueUrl)))}

    def _take(self, url: str, handle: str) -> Any:
        return self.hidden[url].pop(handle, None) or self.visible[url].pop(handle, None)


class Buckets:
    """S3. `generate` gives it objects whose body is made when they are read."""

    def __init__(self, meter: Meter) -> None:
        self.meter = meter
        self.exceptions = SimpleNamespace(NoSuchKey=error_class("NoSuchKey"))
        self._objects: dict[str, bytes] = {}
        self._keys: Sequence[str] = ()
        self._body: Callable[[str], bytes] = lambda _: b""
        self._replaced: dict[str, bytes | None] = {}

    def generate(self, keys: Sequence[str], body: Callable[[str], bytes]) -> None:
        """The keys must be in their order."""
        self._keys, self._body = keys, body

    def get_paginator(self, _: str) -> SimpleNamespace:
        return SimpleNamespace(paginate=self._pages)

    @operation
    def get_object(self, *, Bucket: str, Key: str, **request: Any) -> Any:
        body = self._objects.get(Key)
        if body is None and Key in set(self._keys) - self._replaced.keys():
            body = self._body(Key)
        if body is None:
            raise error_class("NoSuchKey")({"Error": {"Code": "NoSuchKey", "Message": ""}}, "GetObject")
        first = int(request["Range"].removeprefix("bytes=").split("-")[0]) if "Range" in request else 0
        return {"Body": _Body(body[first:])}

    @operation
    def put_object(self, *, Bucket: str, Key: str, Body: bytes, **_: Any) -> Any:
        self._objects[Key] = Body
        return {}

    @operation
    def delete_object(self, *, Bucket: str, Key: str) -> Any:
        self._objects.pop(Key, None)
        self._replaced[Key] = None
        return {}

    @operation
    def list_objects_v2(self, *, Prefix: str, StartAfter: str) -> Any:
        first = bisect_right(self._keys, StartAfter)
        listed = [key for key in self._keys[first : first + 1000] if key.startswith(Prefix)]
        return {"Contents": [{"Key": key} for key in listed]}

    def _pages(self, *, Bucket: str, Prefix: str, StartAfter: str) -> Iterator[Any]:
        while (page := self.list_objects_v2(Prefix=Prefix, StartAfter=StartAfter))["Contents"]:
            yield page
            StartAfter = page["Contents"][-1]["Key"]


class _Body(io.BytesIO):
    def iter_chunks(self, size: int) -> Iterator[bytes]:
        return iter(lambda: self.read(size), b"")


class Users:
    """IAM."""

    def __init__(self, meter: Meter) -> None:
        self.meter = meter
        self.keys: dict[str, list[str]] = {}
        self.policies: dict[str, str] = {}

    def get_paginator(self, _: str) -> SimpleNamespace:
        return SimpleNamespace(paginate=self._pages)

    @operation
    def list_users(self, *, first: int, size: int) -> Any:
        return [{"UserName": name} for name in list(self.keys)[first : first + size]]

    @operation
    def list_access_keys(self, *, UserName: str) -> Any:
        return {"AccessKeyMetadata": [{"AccessKeyId": key} for key in self._keys(UserName)]}

    @operation
    def get_user_policy(self, *, UserName: str, PolicyName: str) -> Any:
        self._keys(UserName)
        if UserName not in self.policies:
            raise _absent("GetUserPolicy")
        return {"PolicyDocument": self.policies[UserName]}

    @operation
    def put_user_policy(self, *, UserName: str, PolicyName: str, PolicyDocument: str) -> Any:
        self._keys(UserName)
        self.policies[UserName] = PolicyDocument
        return {}

    @operation
    def delete_user_policy(self, *, UserName: str, PolicyName: str) -> Any:
        self._keys(UserName)
        self.policies.pop(UserName, None)
        return {}

    @operation
    def update_access_key(self, *, UserName: str, AccessKeyId: str, Status: str) -> Any:
        self._keys(UserName)
        return {}

    @operation
    def delete_access_key(self, *, UserName: str, AccessKeyId: str) -> Any:
        self._keys(UserName).remove(AccessKeyId)
        return {}

    @operation
    def delete_user(self, *, UserName: str) -> Any:
        self._keys(UserName)
        del self.keys[UserName]
        return {}

    def _pages(self, *, PathPrefix: str, PaginationConfig: Any) -> Iterator[Any]:
        size = PaginationConfig["PageSize"]
        for first in range(0, len(self.keys) or 1, size):
            yield {"Users": self.list_users(first=first, size=size)}

    def _keys(self, name: str) -> list[str]:
        if name not in self.keys:
            raise _absent("")
        return self.keys[name]


class Watched:
    """CloudWatch without an alarm that is on."""

    def __init__(self, meter: Meter) -> None:
        self.meter = meter

    @operation
    def describe_alarms(self, **_: Any) -> Any:
        return {"MetricAlarms": []}


class Identities:
    """SES's account API."""

    def __init__(self, meter: Meter) -> None:
        self.meter = meter
        self.exceptions = Exceptions()

    @operation
    def get_email_identity(self, **_: Any) -> Any:
        return {"VerifiedForSendingStatus": True}

    @operation
    def delete_email_identity(self, **_: Any) -> Any:
        return {}

    @operation
    def get_configuration_set(self, **_: Any) -> Any:
        return {}


def _absent(name: str) -> AwsError:
    return error_class("NoSuchEntity")({"Error": {"Code": "NoSuchEntity", "Message": ""}}, name)
