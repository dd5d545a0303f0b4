"""ports.ContactLists and ports.ListMembers on the audience table. A list's members are spread over shards by a hash of their address."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct, to_builtins
from msgspec.structs import replace

from functions.adapters import schema
from functions.adapters.aws.batch_get import batch_get
from functions.adapters.aws.conditional_write import conditional_write
from functions.adapters.aws.marshalling import from_item, to_item
from functions.adapters.contacts.contacts import ATTEMPTS
from functions.core import timestamps
from functions.core.contacts.lists.contact_list import SHARDS, ContactList, ListEvaluation, Membership
from functions.core.errors import NotFound, Retry
from functions.ports import Clock

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_LIST, _PART = "list", "part"
_NUMBER, _BEGAN, _QUEUED, _DONE = "evaluation_number", "evaluation_began_at", "evaluation_queued", "evaluation_done"
_NOT_EDITED = frozenset({"id", "size", "evaluated_at"})
_CHANGES, _ENDED_CHANGES, _CHANGED = "changes", "ended_changes", "changed_at"


class DynamoContactLists(Struct, frozen=True):
    """The size is an attribute of its own, which only ADD changes. An evaluation has its own attributes too, so it changes no version."""

    client: DynamoDBClient
    table: str

    def get(self, list_id: int) -> ContactList | None:
        answer = self.client.get_item(TableName=self.table, Key=_key(list_id), ConsistentRead=True)
        return _list_from(answer["Item"]) if "Item" in answer else None

    def all(self) -> Sequence[ContactList]:
        pages = self.client.get_paginator("query").paginate(
            TableName=self.table,
            KeyConditionExpression="#list = :lists",
            ExpressionAttributeNames={"#list": _LIST},
            ExpressionAttributeValues=to_item({":lists": schema.LISTS}),
            ConsistentRead=True,
        )
        return [_list_from(item) for page in pages for item in page["Items"]]

    def create(self, draft: ContactList) -> ContactList:
        """Two actors at once get two numbers: the number is the key of a conditional write."""
        for _ in range(ATTEMPTS):
            created = replace(draft, id=max((one.id for one in self.all()), default=0) + 1)
            if self._put(created):
                return created
        raise Retry("lists are being created by others")

    def edit(self, list_id: int, change: Callable[[ContactList], ContactList]) -> ContactList:
        for _ in range(ATTEMPTS):
            before = self.get(list_id)
            if before is None:
                raise NotFound(f"there is no list {list_id}")
            after = replace(change(before), list_version=before.list_version + 1)
            if self._save(after, before):
                return after
        raise Retry("the list is being changed by others")

    def begin_evaluation(self, list_id: int, evaluation: ListEvaluation) -> bool:
        names = {"#number": _NUMBER, "#began": _BEGAN, "#queued": _QUEUED, "#done": _DONE, "#list": _LIST}
        written = conditional_write(
            self.client.update_item,
            TableName=self.table,
            Key=_key(list_id),
            UpdateExpression="SET #number = :number, #began = :began REMOVE #queued, #done",
            ConditionExpression="attribute_exists(#list) AND (attribute_not_exists(#number) OR #number < :number)",
            ExpressionAttributeNames=names,
            ExpressionAttributeValues=to_item({":number": evaluation.number, ":began": evaluation.began_at}),
        )
        return written is not None

    def mark_queued(self, list_id: int, number: int) -> None:
        self._update_evaluation(list_id, number, "SET #queued = :value", {"#queued": _QUEUED}, {"BOOL": True})

    def end_part(self, list_id: int, number: int, part: int) -> None:
        """The parts are a set, so a part that was done twice counts once."""
        values = {"NS": [str(part)]}
        updated = self._update_evaluation(list_id, number, "ADD #done :value", {"#done": _DONE}, values)
        ended = _list_from(updated["Attributes"]) if updated else None
        if ended and ended.evaluation and set(ended.evaluation.parts_done) >= set(ended.parts):
            value = {"S": ended.evaluation.began_at}
            self._update_evaluation(list_id, number, "SET #ended = :value", {"#ended": "evaluated_at"}, value)

    def _update_evaluation(
        self, list_id: int, number: int, expression: str, names: dict[str, str], value: Any
    ) -> dict[str, Any] | None:
        """Returns None if a later evaluation began."""
        return conditional_write(
            self.client.update_item,
            TableName=self.table,
            Key=_key(list_id),
            UpdateExpression=expression,
            ConditionExpression="#number = :number",
            ExpressionAttributeNames={**names, "#number": _NUMBER},
            ExpressionAttributeValues={":value": value, ":number": {"N": str(number)}},
            ReturnValues="ALL_NEW",
        )

    def _save(self, after: ContactList, before: ContactList) -> bool:
        """Changes what an edit may change, and leaves the rest. Returns False on a version conflict."""
        fields = {name: value for name, value in _fields(after).items() if name not in _NOT_EDITED}
        names = {f"#{name}": name for name in fields}
        written = conditional_write(
            self.client.update_item,
            TableName=self.table,
            Key=_key(after.id),
            UpdateExpression="SET " + ", ".join(f"#{name} = :{name}" for name in fields),
            ConditionExpression="#list_version = :before",
            ExpressionAttributeNames=names,
            ExpressionAttributeValues={
                **{f":{name}": to_item({"v": value}).get("v", {"NULL": True}) for name, value in fields.items()},
                ":before": {"N": str(before.list_version)},
            },
        )
        return written is not None

    def _put(self, created: ContactList) -> bool:
        """Returns False if the number is taken."""
        item, condition = {**_key(created.id), **to_item(_fields(created))}, "attribute_not_exists(part)"
        put = self.client.put_item
        return conditional_write(put, TableName=self.table, Item=item, ConditionExpression=condition) is not None


class DynamoListMembers(Struct, frozen=True):
    """A change of members is counted when it begins, and with the size when it ends. So a crash in between shows, and the members are then
    counted again.
    """

    client: DynamoDBClient
    table: str
    clock: Clock

    def add(self, list_id: int, emails: Sequence[str], at: str, done: list[str] | None = None) -> list[str]:
        return self._change(list_id, emails, lambda email: self._add(list_id, email, at), 1, done)

    def remove(self, list_id: int, emails: Sequence[str], done: list[str] | None = None) -> list[str]:
        return self._change(list_id, emails, lambda email: self._remove(list_id, email), -1, done)

    def move(self, membership: Membership, email: str) -> None:
        list_id = membership.list_id
        self._begin(list_id)
        added = self._add(list_id, email, membership.joined_at, moved=True)
        self._end(list_id, added - self._remove(list_id, membership.email))

    def page(self, list_id: int, after: str, most: int) -> tuple[Sequence[Membership], str]:
        """Reads one shard after the other. A position is `<shard>#<address>`."""
        first, _, email = after.partition("#")
        members: list[Membership] = []
        for shard in range(int(first or 0), SHARDS):
            members += self._shard(list_id, shard, email, most + 1 - len(members))
            email = ""
            if len(members) > most:
                last = members[most - 1]
                return members[:most], f"{_shard_of(last.email)}#{last.email}"
        return members, ""

    def of(self, email: str) -> Sequence[Membership]:
        pages = self.client.get_paginator("query").paginate(
            TableName=self.table,
            IndexName=schema.BY_MEMBER.name,
            KeyConditionExpression="#member = :email",
            ExpressionAttributeNames={"#member": schema.BY_MEMBER.partition.name},
            ExpressionAttributeValues=to_item({":email": email}),
        )
        keys = [{name: item[name] for name in (_LIST, _PART)} for page in pages for item in page["Items"]]
        answers = (self.client.get_item(TableName=self.table, Key=key, ConsistentRead=True) for key in keys)
        return [membership_from(answer["Item"]) for answer in answers if "Item" in answer]

    def among(self, list_id: int, emails: Sequence[str]) -> set[str]:
        items = batch_get(self.client, self.table, [_member_key(list_id, email) for email in emails], names=(_PART,))
        return {from_item(item)[_PART] for item in items}

    def uncounted(self, before: str) -> Sequence[int]:
        pages = self.client.get_paginator("query").paginate(
            TableName=self.table,
            KeyConditionExpression="#list = :lists",
            FilterExpression="#begun <> #ended AND #at < :before",
            ProjectionExpression="id",
            ExpressionAttributeNames={"#list": _LIST, "#begun": _CHANGES, "#ended": _ENDED_CHANGES, "#at": _CHANGED},
            ExpressionAttributeValues=to_item({":lists": schema.LISTS, ":before": before}),
        )
        return [from_item(item)["id"] for page in pages for item in page["Items"]]

    def recount(self, list_id: int) -> bool:
        answer = self.client.get_item(TableName=self.table, Key=_key(list_id), ConsistentRead=True)
        begun, ended = (answer["Item"][name] for name in (_CHANGES, _ENDED_CHANGES))
        written = conditional_write(
            self.client.update_item,
            TableName=self.table,
            Key=_key(list_id),
            UpdateExpression="SET #size = :size, #ended = :begun",
            ConditionExpression="#begun = :begun AND #ended = :ended",
            ExpressionAttributeNames={"#size": "size", "#begun": _CHANGES, "#ended": _ENDED_CHANGES},
            ExpressionAttributeValues={
                ":size": {"N": str(self._number_of(list_id))},
                ":begun": begun,
                ":ended": ended,
            },
        )
        return written is not None

    def _change(
        self, list_id: int, emails: Sequence[str], change: Callable[[str], bool], size: int, done: list[str] | None
    ) -> list[str]:
        changed: list[str] = []
        if not emails:
            return changed
        self._begin(list_id)
        try:
            for email in dict.fromkeys(emails):
                if change(email):
                    changed.append(email)  # noqa: PERF401 - those before an error count
        finally:
            if done is not None:
                done += changed
            self._end(list_id, size * len(changed))
        return changed

    def _shard(self, list_id: int, shard: int, after: str, most: int) -> list[Membership]:
        start: Any = {"ExclusiveStartKey": _member_key(list_id, after)} if after else {}
        answer = self.client.query(
            TableName=self.table,
            KeyConditionExpression="#list = :list",
            ExpressionAttributeNames={"#list": _LIST},
            ExpressionAttributeValues=to_item({":list": schema.list_shard(list_id, shard)}),
            ConsistentRead=True,
            Limit=most,
            **start,
        )
        return [membership_from(item) for item in answer["Items"]]

    def _add(self, list_id: int, email: str, at: str, *, moved: bool = False) -> bool:
        values = {"member": email, "list_id": list_id, "joined_at": at, **({"moved": True} if moved else {})}
        item = {**_member_key(list_id, email), **to_item(values)}
        condition = "attribute_not_exists(part)"
        put = self.client.put_item
        return conditional_write(put, TableName=self.table, Item=item, ConditionExpression=condition) is not None

    def _remove(self, list_id: int, email: str) -> bool:
        key, condition = _member_key(list_id, email), "attribute_exists(part)"
        delete = self.client.delete_item
        return conditional_write(delete, TableName=self.table, Key=key, ConditionExpression=condition) is not None

    def _begin(self, list_id: int) -> None:
        self.client.update_item(
            TableName=self.table,
            Key=_key(list_id),
            UpdateExpression="ADD #begun :one, #ended :none SET #at = :now",
            ExpressionAttributeNames={"#begun": _CHANGES, "#ended": _ENDED_CHANGES, "#at": _CHANGED},
            ExpressionAttributeValues=to_item({":one": 1, ":none": 0, ":now": timestamps.iso(self.clock())}),
        )

    def _end(self, list_id: int, change: int) -> None:
        self.client.update_item(
            TableName=self.table,
            Key=_key(list_id),
            UpdateExpression="ADD #size :change, #ended :one",
            ExpressionAttributeNames={"#size": "size", "#ended": _ENDED_CHANGES},
            ExpressionAttributeValues=to_item({":change": change, ":one": 1}),
        )

    def _number_of(self, list_id: int) -> int:
        pages = self.client.get_paginator("query")
        return sum(
            page["Count"]
            for shard in range(SHARDS)
            for page in pages.paginate(
                TableName=self.table,
                KeyConditionExpression="#list = :list",
                ExpressionAttributeNames={"#list": _LIST},
                ExpressionAttributeValues=to_item({":list": schema.list_shard(list_id, shard)}),
                ConsistentRead=True,
                Select="COUNT",
            )
        )


def _key(list_id: int) -> Any:
    return to_item({_LIST: schema.LISTS, _PART: schema.list_part(list_id)})


def _member_key(list_id: int, email: str) -> Any:
    return to_item({_LIST: schema.list_shard(list_id, _shard_of(email)), _PART: email})


def _shard_of(email: str) -> int:
    return zlib.crc32(email.encode()) % SHARDS


def _fields(one: ContactList) -> dict[str, Any]:
    """The filters are one text: DynamoDB has no floats. An evaluation is stored by its own writes."""
    fields = to_builtins(one)
    del fields["evaluation"]
    branch = fields.pop("filter_branch")
    return {**fields, "filter_branch": msgspec.json.encode(branch).decode()} if branch else fields


def _list_from(item: Any) -> ContactList:
    values = from_item(item)
    if "filter_branch" in values:
        values["filter_branch"] = msgspec.json.decode(values["filter_branch"])
    if _NUMBER in values:
        values["evaluation"] = {
            "number": values[_NUMBER],
            "began_at": values[_BEGAN],
            "queued": values.get(_QUEUED, False),
            "parts_done": sorted(values.get(_DONE, ())),
        }
    return msgspec.convert(values, ContactList)


def membership_from(item: Any) -> Membership:
    values = from_item(item)
    return Membership(values["list_id"], values["member"], values["joined_at"], values.get("moved", False))
