"""One suite for the fake and for the adapter."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from functions import wiring
from functions.core.emails.email import EmailDocument
from functions.core.emails.images import Image
from functions.core.errors import Conflict
from functions.ports.emails import Images
from functions.wiring import Container
from functions.wiring.random_ids import new_email_number
from tests.fakes.emails import MemoryImages
from tests.support.aws.cloud import SETTINGS, aws_of
from tests.support.examples import NOON_TEXT, a_revision, an_email

DOCUMENT = EmailDocument("{}", NOON_TEXT, "ada@example.com")


@pytest.fixture(params=["memory", "stored"])
def images(request: pytest.FixtureRequest) -> Images:
    if request.param == "memory":
        return MemoryImages()
    stored: Images = aws_of(request).get(wiring.adapters.emails.images)
    while page := stored.page("", 100):
        for image in page:
            assert stored.delete(image)
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


def stored(images: Images, number: int) -> Image:
    assert images.put(an_image(number), b"GIF")
    return replace(an_image(number), version=1)


def test_an_image_is_stored_replaced_and_deleted(images: Images) -> None:
    assert images.get(an_image(1).name) is None
    image = stored(images, 1)
    assert (images.get(image.name), images.page("", 5)) == (image, [image])
    assert images.put(replace(image, alt="The shop"), b"GIF")
    again = replace(image, alt="The shop", version=2)
    assert images.get(image.name) == again
    assert images.existing([image.name, an_image(2).name]) == {image.name}
    assert images.delete(again)
    assert not images.delete(again)
    assert (images.get(image.name), images.page("", 5), images.existing([image.name])) == (None, [], frozenset())


def test_an_image_that_was_changed_meanwhile_is_not_written(images: Images) -> None:
    image = stored(images, 1)
    assert images.put(image, b"GIF")
    assert not images.put(image, b"GIF")
    assert not images.put(an_image(1), b"GIF")
    assert not images.delete(image)
    assert images.page("", 5) == [replace(image, version=2)]


def test_an_interrupted_deletion_is_repeated(aws: Container) -> None:
    images = aws.get(wiring.adapters.emails.images)
    image = stored(images, 9)

    def fails() -> Any:
        raise ConnectionError

    with pytest.raises(ConnectionError):
        replace(images, s3=fails).delete(image)
    marked = images.get(image.name)
    assert marked
    assert images.existing([image.name]) == frozenset()
    assert not images.put(marked, b"GIF")
    assert images.delete(marked)
    assert images.get(image.name) is None


def test_a_publication_adds_its_email_to_each_image(aws: Container) -> None:
    images, emails = aws.get(wiring.adapters.emails.images), aws.get(wiring.adapters.emails.emails)
    image, number = stored(images, 10), new_email_number()
    email = an_email(id=number, images=(image.name,))
    emails.publish(email, a_revision(email_id=number), DOCUMENT)
    assert images.get(image.name) == replace(image, emails=(number,), version=2)
    assert not images.delete(image)
    assert images.delete(replace(image, version=2))
    with pytest.raises(Conflict, match="one of its images was deleted"):
        emails.publish(replace(email, version=1), a_revision(email_id=number, number=2), DOCUMENT)


def test_pages_have_the_newest_first(images: Images) -> None:
    second, third, newest = (stored(images, number) for number in (2, 1, 3))
    first = images.page("", 2)
    assert first == [newest, second]
    assert images.page(first[-1].cursor, 2) == [third]
    assert images.page(an_image(1).cursor, 2) == []


def test_the_object_can_be_cached_for_a_year(aws: Container) -> None:
    images, image = aws.get(wiring.adapters.emails.images), an_image(7)
    images.put(image, b"GIF")
    stored = aws.get(wiring.clients.s3).get_object(Bucket=SETTINGS.images_bucket, Key=f"images/{image.name}")
    assert (stored["Body"].read(), stored["ContentType"]) == (b"GIF", "image/gif")
    assert stored["CacheControl"] == "public, max-age=31536000, immutable"
    assert images.url(image.name) == f"{SETTINGS.images_url}/images/{image.name}"


def test_images_are_no_emails(aws: Container) -> None:
    aws.get(wiring.adapters.emails.images).put(an_image(8), b"GIF")
    assert all(email.id for email in aws.get(wiring.adapters.emails.emails).all())
