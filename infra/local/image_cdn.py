"""The CDN of images on this machine: it serves the images' bucket at the API's address, with the headers that the objects have.

moto has no CloudFront. An object that does not exist is a 403, as S3 answers a CDN that may not list the bucket.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from aiohttp import web
from botocore.exceptions import ClientError

from functions.core.emails.images import FOLDER, NAME

if TYPE_CHECKING:
    from aiohttp.typedefs import Handler, Middleware

    from infra.local.cloud import Cloud

_PREFIX = f"/{FOLDER}/"
_READ = frozenset({"GET", "HEAD"})


def image_cdn(cloud: Cloud, bucket: str) -> Middleware:
    """Returns a middleware that serves images and leaves all other paths to its application."""

    @web.middleware
    async def serve(request: web.Request, handler: Handler) -> web.StreamResponse:
        name = request.path.removeprefix(_PREFIX)
        if request.method not in _READ or not request.path.startswith(_PREFIX) or not NAME.fullmatch(name):
            return await handler(request)
        return await asyncio.to_thread(_answer, cloud, bucket, f"{FOLDER}/{name}")

    return serve


def _answer(cloud: Cloud, bucket: str, key: str) -> web.Response:
    try:
        stored = cloud.client("s3").get_object(Bucket=bucket, Key=key)
    except ClientError:
        return web.Response(status=403)
    headers = {"cache-control": stored["CacheControl"], "x-content-type-options": "nosniff"}
    return web.Response(body=stored["Body"].read(), content_type=stored["ContentType"], headers=headers)
