"""Images over HTTP."""

from __future__ import annotations

import base64

from functions.wiring import Container
from tests.support.http.api import call
from tests.support.images import png

IMAGES = "/staffetta/v1/images"


def upload(octets: bytes, **texts: str) -> tuple[int, dict[str, object]]:
    content = base64.b64encode(octets).decode()
    status, body = call("POST", IMAGES, {"content": content, "altText": "Our shop", **texts})[:2]
    return status, body


def test_an_image_is_uploaded_listed_and_deleted(aws: Container) -> None:
    status, image = upload(png(5, 4, 9), filename="shop.png")
    assert status == 201
    assert (image["altText"], image["filename"], image["width"], image["height"]) == ("Our shop", "shop.png", 5, 4)
    assert image["url"] == f"https://images.example.com/images/{image['id']}"
    assert image in call("GET", IMAGES)[1]["results"]
    assert call("DELETE", f"{IMAGES}/{image['id']}")[0] == 204
    assert call("DELETE", f"{IMAGES}/{image['id']}")[0] == 404
    assert image not in call("GET", IMAGES)[1]["results"]


def test_pages_of_images_follow_each_other(aws: Container) -> None:
    ids = {upload(png(1, 1, red))[1]["id"] for red in range(3)}
    listed, query = set(), {"limit": "1"}
    while True:
        page = call("GET", IMAGES, queryStringParameters=query)[1]
        listed |= {image["id"] for image in page["results"]}
        if "paging" not in page:
            break
        query["after"] = page["paging"]["next"]["after"]
    assert ids <= listed


def test_bytes_that_are_no_image_are_refused(aws: Container) -> None:
    assert upload(b"<svg/>")[0] == 400
    assert upload(png(5000, 1))[0] == 400
    assert call("POST", IMAGES, {"content": "*", "altText": ""})[0] == 400
    assert call("POST", IMAGES, {"content": ""})[0] == 400
    assert call("GET", IMAGES, queryStringParameters={"after": "x"})[0] == 400
