"""The local CDN serves images with their headers, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from functions.adapters.emails.images import CACHE_CONTROL
from infra.local.image_cdn import image_cdn
from tests.support.local.deployed import run

if TYPE_CHECKING:
    from infra.local.cloud import Cloud

NAME = f"{'a' * 32}.png"


async def _application(_: web.Request) -> web.Response:
    return web.Response(status=418)


def test_images_are_served_from_their_bucket(cloud: Cloud) -> None:
    s3 = cloud.client("s3")
    s3.create_bucket(Bucket="images")
    s3.put_object(
        Bucket="images", Key=f"images/{NAME}", Body=b"PNG", ContentType="image/png", CacheControl=CACHE_CONTROL
    )

    async def read() -> None:
        app = web.Application(middlewares=[image_cdn(cloud, "images")])
        app.router.add_route("*", "/{path:.*}", _application)
        async with TestClient(TestServer(app)) as client:
            stored = await client.get(f"/images/{NAME}")
            assert (stored.status, await stored.read(), stored.content_type) == (200, b"PNG", "image/png")
            assert stored.headers["cache-control"] == CACHE_CONTROL
            assert (await client.get(f"/images/{'b' * 32}.png")).status == 403
            assert (await client.get("/images/other")).status == 418
            assert (await client.post(f"/images/{NAME}")).status == 418

    run(read())
