"""Images of emails: upload them, list them, delete unused ones."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from functions.core import timestamps
from functions.core.access.actor import Actor
from functions.core.access.scopes import CONTENT
from functions.core.emails import images
from functions.core.emails.images import Image
from functions.core.errors import Conflict, FieldError, NotFound, Rejected
from functions.ports import Clock
from functions.ports.emails import Images

USES_MAX = 5  # uses that a refusal names


class UploadedImage(Struct, frozen=True):
    image: Image
    url: str


class ImageLibrary(Struct, frozen=True, kw_only=True):
    """The steps with their dependencies."""

    images: Images
    uses: Callable[[Image], list[str]]
    clock: Clock
    served: bool  # whether a CDN serves the images of this stage

    def upload(self, octets: bytes, alt: str, filename: str, by: Actor) -> UploadedImage:
        """Stores an image under the hash of its content. The same file again replaces only its texts. Raises Rejected, and Conflict if no
        CDN would serve it.
        """
        by.require(CONTENT)
        if not self.served:
            raise Conflict(
                "no image can be uploaded: this stage has no CDN to serve it. `make deploy` makes one, where the region has CloudFront and the account may use it"
            )
        alt, filename = alt.strip(), filename.strip()
        if errors := images.text_errors(alt, filename):
            raise Rejected(errors)
        format_ = images.format_of(octets)
        name = images.name_of(octets, format_.type)
        before = self.images.get(name)
        image = Image(
            name=name,
            alt=alt,
            filename=filename,
            size=len(octets),
            width=format_.width,
            height=format_.height,
            uploaded_at=timestamps.iso(self.clock()),
            uploaded_by=by.name,
            emails=before.emails if before else (),
            version=before.version if before else 0,
        )
        if not self.images.put(image, octets):
            raise Conflict(f"image {name} was uploaded, published or deleted at the same moment: upload it again")
        return self._with_url(image)

    def page(self, after: str, limit: int) -> list[UploadedImage]:
        """Returns a page, the newest images first. Raises Rejected if `after` is no cursor."""
        if after and not images.CURSOR.fullmatch(after):
            raise Rejected([FieldError("after", "is no cursor of this list: use the `after` of the previous page")])
        return [self._with_url(image) for image in self.images.page(after, limit)]

    def delete(self, name: str, by: Actor) -> None:
        """Raises NotFound, and Conflict while a mail that is still to be sent may show the image: one of a published revision, of a broadcast
        that has its time or runs, or a scheduled one. Drafts do not count. Mail in the queue counts as sent.
        """
        by.require(CONTENT)
        image = self.images.get(name) if images.NAME.fullmatch(name) else None
        if image is None:
            raise NotFound(f"there is no image {name[:64]!r}")
        if uses := self.uses(image):
            more = f" and {len(uses) - USES_MAX} more" if len(uses) > USES_MAX else ""
            raise Conflict(
                f"image {name} is in use by {', '.join(uses[:USES_MAX])}{more}: remove it there and publish again, or unpublish"
            )
        if not self.images.delete(image):
            raise Conflict(f"image {name} was uploaded or published a moment ago: look again before you delete it")

    def _with_url(self, image: Image) -> UploadedImage:
        return UploadedImage(image, self.images.url(image.name))
