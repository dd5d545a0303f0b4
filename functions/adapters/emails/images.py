"""ports.Images: an item of the emails table for each image, and an object of the images' bucket, which a CDN serves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from msgspec import Struct, to_builtins
from msgspec.structs import replace

from functions.adapters import schema
from functions.adapters.aws.conditional_write import conditional_write
from functions.adapters.aws.marshalling import Item, from_item, to_item
from functions.core.emails.images import CURSOR_SEPARATOR, Image, media_type

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client

DELETING = "deleting"  # the attribute of an image whose deletion has begun
BATCH = 100  # keys in one BatchGetItem
CACHE_CONTROL = "public, max-age=31536000, immutable"  # a name never changes its content


class StoredImages(Struct, frozen=True):
    client: DynamoDBClient
    table: str
    s3: Callable[[], S3Client]  # a list needs only the table
    bucket: str
    base_url: str

    def get(self, name: str) -> Image | None:
        answer = self.client.get_item(TableName=self.table, Key=_key(name), ConsistentRead=True)
        return _image(from_item(answer["Item"])) if "Item" in answer else None

    def existing(self, names: Sequence[str]) -> frozenset[str]:
        keys, stored = [_key(name) for name in names], set[str]()
        while keys:
            batch, keys = keys[:BATCH], keys[BATCH:]
            answer = self.client.batch_get_item(RequestItems={self.table: {"Keys": batch, "ConsistentRead": True}})
            items = map(from_item, answer["Responses"][self.table])
            stored.update(values["name"] for values in items if DELETING not in values)
            left: dict[str, Any] = dict(answer.get("UnprocessedKeys") or {})
            keys += left[self.table]["Keys"] if left else []
        return frozenset(stored)

    def put(self, image: Image, octets: bytes) -> bool:
        self.s3().put_object(
            Bucket=self.bucket,
            Key=schema.image_key(image.name),
            Body=octets,
            ContentType=media_type(image.name),
            CacheControl=CACHE_CONTROL,
        )
        stored = to_builtins(replace(image, version=image.version + 1))
        item = {
            **_key(image.name),
            **_listed(image.uploaded_at),
            **to_item({**stored, "emails": set(image.emails) or None}),
        }
        as_read: dict[str, Any] = {"ConditionExpression": "attribute_not_exists(email_id)"}
        if image.version:
            as_read["ConditionExpression"] = f"version = :read AND attribute_not_exists({DELETING})"
            as_read["ExpressionAttributeValues"] = to_item({":read": image.version})
        return conditional_write(self.client.put_item, TableName=self.table, Item=item, **as_read) is not None

    def delete(self, image: Image) -> bool:
        """Marks the image first. An email with it can then be published no longer."""
        marked = conditional_write(
            self.client.update_item,
            TableName=self.table,
            Key=_key(image.name),
            UpdateExpression=f"SET {DELETING} = :yes, version = :next",
            ConditionExpression="version = :read",
            ExpressionAttributeValues=to_item({":yes": True, ":read": image.version, ":next": image.version + 1}),
        )
        if marked is None:
            return False
        self.s3().delete_object(Bucket=self.bucket, Key=schema.image_key(image.name))
        self.client.delete_item(TableName=self.table, Key=_key(image.name))
        return True

    def page(self, after: str, limit: int) -> list[Image]:
        request: dict[str, Any] = {
            "TableName": self.table,
            "IndexName": schema.LISTED.name,
            "KeyConditionExpression": "listing = :images",
            "ExpressionAttributeValues": to_item({":images": schema.IMAGES}),
            "Limit": limit,
            "ScanIndexForward": False,
        }
        if after:
            uploaded_at, _, name = after.partition(CURSOR_SEPARATOR)
            request["ExclusiveStartKey"] = {**_key(name), **_listed(uploaded_at)}
        return [_image(from_item(item)) for item in self.client.query(**request)["Items"]]

    def url(self, name: str) -> str:
        return f"{self.base_url}/{schema.image_key(name)}"


def _key(name: str) -> Item:
    return to_item({"email_id": schema.NO_EMAIL, "part": schema.image_part(name)})


def _listed(uploaded_at: str) -> Item:
    """Returns the keys of the index that lists images, apart from the emails."""
    return to_item({schema.LISTED.partition.name: schema.IMAGES, schema.LISTED.sort.name: uploaded_at})


def _image(values: dict[str, Any]) -> Image:
    stored = {name: values[name] for name in Image.__struct_fields__ if name in values}
    return Image(**{**stored, "emails": tuple(sorted(values.get("emails", ())))})


def in_publication(table: str, name: str, email_id: int) -> dict[str, Any]:
    """Returns the part of a publication's transaction that is about one of its images."""
    return {
        "TableName": table,
        "Key": _key(name),
        "UpdateExpression": "ADD emails :email, version :one",
        "ConditionExpression": f"attribute_exists(email_id) AND attribute_not_exists({DELETING})",
        "ExpressionAttributeValues": to_item({":email": {email_id}, ":one": 1}),
    }
