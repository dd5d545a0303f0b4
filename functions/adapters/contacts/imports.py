"""ports.ContactImports on the audience table, and ports.ImportFiles on S3."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from functions.adapters import schema
from functions.adapters.aws.conditional_write import conditional_write
from functions.adapters.aws.gzip_lines import read_lines, write_lines
from functions.adapters.aws.marshalling import Item, from_item, to_item
from functions.adapters.sending.uploads import read_from
from functions.core.contacts.contact_import import ContactImport, LineError
from functions.core.errors import NotFound, Retry

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client

ATTEMPTS = 8  # of a change, if others change the same import


class DynamoContactImports(Struct, frozen=True):
    client: DynamoDBClient
    table: str

    def get(self, import_id: str) -> ContactImport | None:
        answer = self.client.get_item(TableName=self.table, Key=_key(import_id), ConsistentRead=True)
        return _import_from(answer["Item"]) if "Item" in answer else None

    def all(self) -> Sequence[ContactImport]:
        pages = self.client.get_paginator("query").paginate(
            TableName=self.table,
            KeyConditionExpression="#list = :imports",
            ExpressionAttributeNames={"#list": "list"},
            ExpressionAttributeValues=to_item({":imports": schema.IMPORTS}),
        )
        imports = [_import_from(item) for page in pages for item in page["Items"]]
        return sorted(imports, key=lambda one: one.created_at, reverse=True)

    def create(self, one: ContactImport) -> ContactImport:
        created = replace(one, version=1)
        condition = "attribute_not_exists(part)"
        put = conditional_write(
            self.client.put_item, TableName=self.table, Item=_item(created), ConditionExpression=condition
        )
        return created if put is not None else self.get(one.id) or created

    def edit(self, import_id: str, change: Callable[[ContactImport], ContactImport]) -> ContactImport:
        for _ in range(ATTEMPTS):
            before = self.get(import_id)
            if before is None:
                raise NotFound(f"there is no import {import_id!r}")
            after = replace(change(before), version=before.version + 1)
            written = conditional_write(
                self.client.put_item,
                TableName=self.table,
                Item=_item(after),
                ConditionExpression="version = :before",
                ExpressionAttributeValues=to_item({":before": before.version}),
            )
            if written is not None:
                return after
        raise Retry("the import is being changed by others")


class S3ImportFiles(Struct, frozen=True):
    s3: Callable[[], S3Client]
    bucket: str

    def read_upload(self, upload_id: str, offset: int) -> Iterator[bytes]:
        return read_from(self.s3(), self.bucket, upload_id, offset)

    def write_upload(self, upload_id: str, octets: bytes) -> None:
        self.s3().put_object(Bucket=self.bucket, Key=schema.upload_key(upload_id), Body=octets)

    def write_errors(self, import_id: str, number: int, errors: Sequence[LineError]) -> None:
        write_lines(self.s3(), self.bucket, schema.import_errors_key(import_id, number), errors)

    def read_errors(self, import_id: str, number: int) -> list[LineError]:
        return read_lines(self.s3(), self.bucket, schema.import_errors_key(import_id, number), LineError)


def _key(import_id: str) -> Item:
    return to_item({"list": schema.IMPORTS, "part": import_id})


def _item(one: ContactImport) -> Item:
    return {**_key(one.id), **to_item({"version": one.version, "body": msgspec.json.encode(one).decode()})}


def _import_from(item: Any) -> ContactImport:
    return msgspec.json.decode(from_item(item)["body"], type=ContactImport)
