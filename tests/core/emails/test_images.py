"""Images: which files are accepted, and which images an email uses."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.core.emails import images
from functions.core.emails.images import ImageFormat, ImageType
from functions.core.errors import Rejected
from tests.support.images import gif, jpeg, png
from tests.support.processor_time import within

NAME = f"{'0a' * 16}.png"


@pytest.mark.parametrize(
    ("octets", "type_"), [(png(3, 2), ImageType.PNG), (gif(3, 2), ImageType.GIF), (jpeg(3, 2), ImageType.JPEG)]
)
def test_a_format_is_read_from_the_octets(octets: bytes, type_: ImageType) -> None:
    assert images.format_of(octets) == ImageFormat(type_, 3, 2)
    assert images.media_type(images.name_of(octets, type_)) == type_.media_type


@pytest.mark.parametrize("make", [png, gif, jpeg])
def test_a_file_that_lacks_its_end_is_refused(make: Callable[[int, int], bytes]) -> None:
    with pytest.raises(Rejected, match="no whole PNG, JPEG or GIF"):
        images.format_of(make(3, 2)[:-2])


@pytest.mark.parametrize("octets", [b"", b"<svg/>", b"RIFF\0\0\0\0WEBP", b"<html>", b"\xff\xd8\xff\xd9", b"GIF89a;"])
def test_other_files_are_refused(octets: bytes) -> None:
    with pytest.raises(Rejected, match="no whole PNG, JPEG or GIF"):
        images.format_of(octets)


FRAME = jpeg(3, 2)[12:22]
SCAN = b"\xff\xda\0\x02\0\0"
THUMBNAIL = (
    b"\xff\xe1" + (2 + len(jpeg(1, 1))).to_bytes(2) + jpeg(1, 1)
)  # a whole JPEG inside a segment, as cameras write


@pytest.mark.parametrize(
    "segments",
    [THUMBNAIL + FRAME, THUMBNAIL + FRAME[:8], FRAME + b"\xff\xd9", b"<script>" + FRAME + SCAN + b"\xff\xd9"],
    ids=["no scan", "half a frame", "an end instead of a scan", "octets between segments"],
)
def test_a_jpeg_without_its_segments_is_refused(segments: bytes) -> None:
    assert images.format_of(b"\xff\xd8" + THUMBNAIL + FRAME + SCAN + b"\xff\xd9") == ImageFormat(ImageType.JPEG, 3, 2)
    with pytest.raises(Rejected, match="no whole PNG, JPEG or GIF"):
        images.format_of(b"\xff\xd8" + segments)


@pytest.mark.parametrize("make", [gif, jpeg])
def test_the_largest_side_is_reported(make: Callable[[int, int], bytes]) -> None:
    with pytest.raises(Rejected, match="has 65,535 by 5 pixels"):
        images.format_of(make(65_535, 5))


@pytest.mark.parametrize(("width", "height"), [(0, 5), (5, 0), (images.SIDE_MAX + 1, 5), (5, images.SIDE_MAX + 1)])
def test_a_side_over_the_limit_is_refused(width: int, height: int) -> None:
    with pytest.raises(Rejected, match=r"each side may have 1 to 4,096"):
        images.format_of(png(width, height))


def test_a_file_over_the_limit_is_refused() -> None:
    with pytest.raises(Rejected, match=r"2,000,001 bytes; 2,000,000 are allowed"):
        images.format_of(bytes(images.OCTETS_MAX + 1))


@given(st.binary(max_size=60), st.sampled_from([b"", png(1, 1)[:16], gif(1, 1)[:6], jpeg(1, 1)[:20]]))
def test_any_octets_are_a_format_or_rejected(octets: bytes, start: bytes) -> None:
    try:
        parsed = images.format_of(start + octets)
    except Rejected:
        return
    assert 0 < parsed.width <= images.SIDE_MAX


def test_the_same_content_has_the_same_name() -> None:
    name = images.name_of(png(3, 2), ImageType.PNG)
    assert (name, images.NAME.fullmatch(name) is not None) == (images.name_of(png(3, 2), ImageType.PNG), True)
    assert name != images.name_of(png(2, 3), ImageType.PNG)


def test_an_email_uses_images_of_any_host_once() -> None:
    html = f'<img src="https://a.example/images/{NAME}"><td background="https://b.example/images/{NAME}">'
    assert images.used([html, "<p>none</p>"]) == (NAME,)
    assert images.used(["/images/short.png", f"/other/{NAME}"]) == ()


@pytest.mark.parametrize("text", ["x", "/", "/images/", "https://x.test/"])
def test_links_in_a_long_word_take_no_long_time(text: str) -> None:
    """A text without a space, such as one of Chinese. By the square of its length it takes minutes."""
    with within(5):
        assert images.used([text * (1_000_000 // len(text)), f" /images/{NAME}"]) == (NAME,)


def test_more_images_than_an_email_may_use_are_an_error() -> None:
    names = tuple(f"{number:032x}.png" for number in range(images.PER_EMAIL_MAX + 1))
    assert images.count_errors(names[1:]) == []
    assert f"uses {len(names)} uploaded images" in images.count_errors(names)[0].message


def test_only_images_on_a_host_of_cloudfront_warn() -> None:
    (warning,) = images.host_warnings([f'<img src="https://d1a.cloudfront.net/images/{NAME}">'] * 2)
    assert (warning.code, "d1a.cloudfront.net" in warning.message) == ("UNBRANDED_IMAGE_HOST", True)
    assert images.host_warnings([f'<img src="https://links.acme.com/images/{NAME}">']) == ()


def test_texts_are_one_line_and_short() -> None:
    assert images.text_errors("Our shop", "shop.png") == []
    errors = images.text_errors("a" * 301, "a\nb")
    assert [(error.field, error.code) for error in errors] == [("altText", "TOO_LONG"), ("filename", "INVALID_VALUE")]
