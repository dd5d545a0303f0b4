"""Images on the wire."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from functions.core.emails import images
from functions.routes.http.models import ApiModel, Instant, OwnModel
from functions.routes.http.paging import ForwardPaging

PAGE_MAX = 100
_Alt = Annotated[
    str, Meta(description=f"what the image shows, for readers who do not see it: {images.ALT_MAX} characters at most")
]


class ImageUploadRequest(OwnModel):
    content: Annotated[
        str,
        Meta(
            description=f"a PNG, JPEG or GIF file of at most {images.OCTETS_MAX:,} bytes, in base64",
            extra_json_schema={"contentEncoding": "base64"},
        ),
    ]
    alt_text: _Alt
    filename: Annotated[str, Meta(description=f"{images.FILENAME_MAX} characters at most")] = ""


class ImageView(ApiModel):
    """An uploaded image. Its id is a hash of its content, so the same file has the same id and URL."""

    id: str
    url: Annotated[str, Meta(description="for `src` in an email; browsers and the CDN cache it for a year")]
    alt_text: _Alt
    filename: str
    size: Annotated[int, Meta(description="bytes")]
    width: Annotated[int, Meta(description="pixels")]
    height: Annotated[int, Meta(description="pixels")]
    uploaded_at: Instant
    uploaded_by: str


class ImageList(ApiModel):
    results: list[ImageView]
    paging: ForwardPaging | None = None


class ImageListQuery(OwnModel):
    limit: Annotated[int, Meta(ge=1, le=PAGE_MAX)] = PAGE_MAX
    after: Annotated[str, Meta(description="`paging.next.after` of the previous page")] = ""
