"""Images of emails: which files may be stored, how they are named, and which of them a compiled email uses.

An image's name is a hash of its content, so a name never changes its content, and a mail's link can be cached for ever. The links of a
stage may have several hosts over the years, so an email uses an image by the path of its link, whatever the host.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from enum import StrEnum

from msgspec import Struct

from functions.core.errors import FieldError, Rejected

FOLDER = "images"  # of the links, and of the bucket
OCTETS_MAX = 2_000_000  # of a file; a recipient on a phone waits for each
SIDE_MAX = 4_096  # pixels: mail programs decode an image whole
ALT_MAX = 300  # characters
FILENAME_MAX = 200  # characters
PER_EMAIL_MAX = 90  # in all languages; a transaction of DynamoDB holds 100 items, and these are some of them
_NAME = r"[0-9a-f]{32}\.(?:png|jpg|gif)"
NAME = re.compile(_NAME)
UNKNOWN_IMAGE = "UNKNOWN_IMAGE"  # the code of an error and of a warning
CURSOR_SEPARATOR = "~"
CURSOR = re.compile(rf"[0-9T:.Z-]{{20,30}}{CURSOR_SEPARATOR}{_NAME}")
_WORD = re.compile(r"[^\s\"'()<>=]+")  # what a link of HTML or CSS consists of
_LINK = re.compile(
    rf".*/{FOLDER}/({_NAME})"
)  # matched at the start of a word: a search takes time by the square of its length
_UNBRANDED = re.compile(rf"https://([a-z0-9]+\.cloudfront\.net)/{FOLDER}/{_NAME}")


class ImageType(StrEnum):
    """The types that every mail program shows. Outlook shows no WebP, AVIF or SVG."""

    PNG = "png"
    JPEG = "jpg"
    GIF = "gif"

    @property
    def media_type(self) -> str:
        return "image/jpeg" if self is ImageType.JPEG else f"image/{self}"


class ImageFormat(Struct, frozen=True):
    """What the octets of a file show."""

    type: ImageType
    width: int  # pixels
    height: int


class Image(Struct, frozen=True, kw_only=True):
    """A stored image. Its content is an object of its own."""

    name: str
    alt: str  # the text for recipients who do not see the image; empty if it is only an ornament
    filename: str  # as its author called it
    size: int  # octets
    width: int  # pixels
    height: int
    uploaded_at: str  # ISO-8601
    uploaded_by: str
    emails: tuple[int, ...] = ()  # every email of which a revision that was published uses it
    version: int = 0  # counts uploads and publications; 0: not stored yet

    @property
    def cursor(self) -> str:
        """Its place in the list of all images, the newest first."""
        return f"{self.uploaded_at}{CURSOR_SEPARATOR}{self.name}"


def name_of(octets: bytes, type_: ImageType) -> str:
    return f"{hashlib.sha256(octets).hexdigest()[:32]}.{type_}"


def media_type(name: str) -> str:
    return ImageType(name.rpartition(".")[2]).media_type


def format_of(octets: bytes) -> ImageFormat:
    """Returns the format by the octets only: a file's name and a caller's type prove nothing. Raises Rejected."""
    if len(octets) > OCTETS_MAX:
        raise _rejected(f"has {len(octets):,} bytes; {OCTETS_MAX:,} are allowed at most: make it smaller", "TOO_LARGE")
    parsed = _png(octets) or _gif(octets) or _jpeg(octets)
    if parsed is None:
        raise _rejected("is no whole PNG, JPEG or GIF file: mail programs show only these types", "INVALID_IMAGE")
    if not (0 < parsed.width <= SIDE_MAX and 0 < parsed.height <= SIDE_MAX):
        size = f"{parsed.width:,} by {parsed.height:,}"
        raise _rejected(f"has {size} pixels; each side may have 1 to {SIDE_MAX:,}", "TOO_LARGE")
    return parsed


def text_errors(alt: str, filename: str) -> list[FieldError]:
    limits = (("altText", alt, ALT_MAX), ("filename", filename, FILENAME_MAX))
    long = [
        FieldError(field, f"has {len(text):,} characters; {most} are allowed at most", "TOO_LONG")
        for field, text, most in limits
        if len(text) > most
    ]
    return [*long, *(FieldError(field, "must be one line") for field, text, _ in limits if not text.isprintable())]


def links(html: Iterable[str]) -> dict[str, str]:
    """Returns the links of these texts that have the form of an uploaded image's, with the image's name."""
    words = (word for text in html for word in _WORD.findall(text))
    return {match[0]: match[1] for word in words if (match := _LINK.match(word))}


def used(html: Iterable[str]) -> tuple[str, ...]:
    """Returns the names of the images that these texts link to, in alphabetical order."""
    return tuple(sorted(set(links(html).values())))


def unknown_error(name: str) -> FieldError:
    """The link leads to this stage's own host, which answers 404."""
    message = f"uses the image {name}, which is not in the library: upload it again, or remove it"
    return FieldError("content", message, UNKNOWN_IMAGE)


def foreign_warning(link: str) -> FieldError:
    """Another stage, or an earlier host of this one, may serve it."""
    message = f"uses {link}, which is no image of this stage's library: nothing here keeps it from a deletion"
    return FieldError("content", message, UNKNOWN_IMAGE)


def count_errors(names: tuple[str, ...]) -> list[FieldError]:
    """The names are stored with the email, in an item that lists read."""
    if len(names) <= PER_EMAIL_MAX:
        return []
    return [FieldError("content", f"uses {len(names)} uploaded images; {PER_EMAIL_MAX} are allowed", "TOO_LARGE")]


def host_warnings(html: Iterable[str]) -> tuple[FieldError, ...]:
    """Warns of images on a host of CloudFront's: spam filters trust the sender's own domain more."""
    hosts = sorted({host for text in html for host in _UNBRANDED.findall(text)})
    return tuple(
        FieldError(
            "content",
            f"uses images from {host}, which is not your domain, and spam filters may distrust it: "
            "set staffetta:imagesHost, deploy, and insert the images again",
            "UNBRANDED_IMAGE_HOST",
        )
        for host in hosts
    )


def _rejected(message: str, code: str) -> Rejected:
    return Rejected([FieldError("content", message, code)])


# Not imagesize 2.0.1. It accepts a JPEG that ends before its first scan, or that has other octets between its segments.
# It reads the sides of a GIF as signed numbers, and imports a client of HTTP and a parser of XML.
def _png(octets: bytes) -> ImageFormat | None:
    """The header is the first chunk, and an empty chunk is the last."""
    whole = octets.startswith(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR") and octets.endswith(b"\0\0\0\0IEND\xaeB`\x82")
    if not whole:
        return None
    return ImageFormat(ImageType.PNG, int.from_bytes(octets[16:20]), int.from_bytes(octets[20:24]))


_GIF_HEADER = 13  # octets


def _gif(octets: bytes) -> ImageFormat | None:
    if not (octets.startswith((b"GIF87a", b"GIF89a")) and octets.endswith(b";") and len(octets) > _GIF_HEADER):
        return None
    return ImageFormat(ImageType.GIF, int.from_bytes(octets[6:8], "little"), int.from_bytes(octets[8:10], "little"))


_START, _END = b"\xff\xd8", b"\xff\xd9"
_MARKER = 0xFF  # begins a segment, and may be repeated before its kind
_SCAN = 0xDA
# The segments whose content begins with precision, height and width: SOF0 to SOF15, without tables (C4, CC) and an extension (C8).
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_BARE = frozenset({0x01, *range(0xD0, 0xD8)})  # segments without a length


def _jpeg(octets: bytes) -> ImageFormat | None:
    """Reads segment after segment up to the first scan. Cameras append octets after the end, and programs skip them."""
    if not octets.startswith(_START) or _END not in octets[2:]:
        return None
    at, frame = 2, None
    while at + 4 <= len(octets) and octets[at] == _MARKER:
        kind = octets[at + 1]
        if kind == _MARKER:
            at += 1
            continue
        if kind in _BARE:
            at += 2
            continue
        if kind == _SCAN:
            return frame
        if kind in _FRAMES and at + 9 <= len(octets):
            height, width = int.from_bytes(octets[at + 5 : at + 7]), int.from_bytes(octets[at + 7 : at + 9])
            frame = ImageFormat(ImageType.JPEG, width, height)
        at += 2 + int.from_bytes(octets[at + 2 : at + 4])
    return None
