"""ports.Images: an item of the emails table for each image, and an object of the images' bucket, which a CDN serves."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from msgspec import Struct, to_builtins

from functions.adapters import schema
from functions.adapters.aws.marshalling import Item, from_item, to_item
from functions.core.emails.images import CURSOR_SEPARATOR, Image, media_type

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client

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

    def put(self, image: Image, octets: bytes) -> None:
        self.s3().put_object(
            Bucket=self.bucket,
            Key=schema.image_key(image.name),
            Body=octets,
            ContentType=media_type(image.name),
            CacheControl=CACHE_CONTROL,
        )
        item = {**_key(image.name), **_listed(image.uploaded_at), **to_item(to_builtins(image))}
        self.client.put_item(TableName=self.table, Item=item)

    def delete(self, name: str) -> None:
        self.s3().delete_object(Bucket=self.bucket, Key=schema.image_key(name))
        self.client.delete_item(TableName=self.table, Key=_key(name))

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
    return Image(**{name: values[name] for name in Image.__struct_fields__})
