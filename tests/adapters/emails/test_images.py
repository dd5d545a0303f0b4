"""One suite for the fake and for the adapter."""

from __future__ import annotations

import pytest

from functions import wiring
from functions.core.emails.images import Image
from functions.ports.emails import Images
from functions.wiring import Container
from tests.fakes.emails import MemoryImages
from tests.support.aws.cloud import SETTINGS, aws_of


@pytest.fixture(params=["memory", "stored"])
def images(request: pytest.FixtureRequest) -> Images:
    if request.param == "memory":
        return MemoryImages()
    stored: Images = aws_of(request).get(wiring.adapters.images)
    while page := stored.page("", 100):
        for image in page:
            stored.delete(image.name)
    return stored


def an_image(number: int) -> Image:
    return Image(
        name=f"{number:032x}.gif",
        alt="Our shop",
        filename="shop.gif",
        size=3,
        width=2,
        height=1,
        uploaded_at=f"2026-11-23T12:00:{number:02}.000Z",
        uploaded_by="ada@example.com",
    )


def test_an_image_is_stored_replaced_and_deleted(images: Images) -> None:
    image = an_image(1)
    assert images.get(image.name) is None
    images.put(image, b"GIF")
    assert (images.get(image.name), images.page("", 5)) == (image, [image])
    images.delete(image.name)
    images.delete(image.name)
    assert (images.get(image.name), images.page("", 5)) == (None, [])


def test_pages_have_the_newest_first(images: Images) -> None:
    for number in (2, 1, 3):
        images.put(an_image(number), b"GIF")
    first = images.page("", 2)
    assert first == [an_image(3), an_image(2)]
    assert images.page(first[-1].cursor, 2) == [an_image(1)]
    assert images.page(an_image(1).cursor, 2) == []


def test_the_object_can_be_cached_for_a_year(aws: Container) -> None:
    images, image = aws.get(wiring.adapters.images), an_image(7)
    images.put(image, b"GIF")
    stored = aws.get(wiring.clients.s3).get_object(Bucket=SETTINGS.images_bucket, Key=f"images/{image.name}")
    assert (stored["Body"].read(), stored["ContentType"]) == (b"GIF", "image/gif")
    assert stored["CacheControl"] == "public, max-age=31536000, immutable"
    assert images.url(image.name) == f"{SETTINGS.images_url}/images/{image.name}"


def test_images_are_no_emails(aws: Container) -> None:
    aws.get(wiring.adapters.images).put(an_image(8), b"GIF")
    assert all(email.id for email in aws.get(wiring.adapters.emails).all())
