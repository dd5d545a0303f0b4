"""Images of emails: upload them, list them, delete unused ones."""

from __future__ import annotations

from msgspec import Struct

from functions.core import timestamps
from functions.core.access.actor import Actor
from functions.core.access.scopes import CONTENT
from functions.core.emails import images
from functions.core.emails.images import Image
from functions.core.errors import Conflict, FieldError, NotFound, Rejected
from functions.ports import Clock
from functions.ports.emails import Emails, Images

USES_MAX = 5  # uses that a refusal names


class UploadedImage(Struct, frozen=True):
    image: Image
    url: str


class ImageLibrary(Struct, frozen=True, kw_only=True):
    """The steps with their dependencies."""

    images: Images
    emails: Emails
    clock: Clock
    served: bool  # whether a CDN serves the images of this stage

    def upload(self, octets: bytes, alt: str, filename: str, by: Actor) -> UploadedImage:
        """Stores an image under the hash of its content. The same file again replaces only its texts. Raises Rejected, and Conflict if no
        CDN would serve it.
        """
        by.require(CONTENT)
        if not self.served:
            raise Conflict("no image can be uploaded: the region of this stage has no CloudFront to serve it")
        alt, filename = alt.strip(), filename.strip()
        if errors := images.text_errors(alt, filename):
            raise Rejected(errors)
        format_ = images.format_of(octets)
        image = Image(
            name=images.name_of(octets, format_.type),
            alt=alt,
            filename=filename,
            size=len(octets),
            width=format_.width,
            height=format_.height,
            uploaded_at=timestamps.iso(self.clock()),
            uploaded_by=by.name,
        )
        self.images.put(image, octets)
        return self._with_url(image)

    def page(self, after: str, limit: int) -> list[UploadedImage]:
        """Returns a page, the newest images first. Raises Rejected if `after` is no cursor."""
        if after and not images.CURSOR.fullmatch(after):
            raise Rejected([FieldError("after", "is no cursor of this list: use the `after` of the previous page")])
        return [self._with_url(image) for image in self.images.page(after, limit)]

    def delete(self, name: str, by: Actor) -> None:
        """Raises NotFound, and Conflict while the published revision of an email uses the image. Drafts do not count."""
        by.require(CONTENT)
        if not (images.NAME.fullmatch(name) and self.images.get(name)):
            raise NotFound(f"there is no image {name[:64]!r}")
        if uses := self._uses(name):
            more = f" and {len(uses) - USES_MAX} more" if len(uses) > USES_MAX else ""
            raise Conflict(
                f"image {name} is in use by {', '.join(uses[:USES_MAX])}{more}: remove it there and publish again, or unpublish"
            )
        self.images.delete(name)

    def _uses(self, name: str) -> list[str]:
        """An archived email counts: restored, it is published as before."""
        return [
            f"email {email.id}{' (archived)' if email.archived_at else ''}"
            for email in self.emails.all()
            if name in email.images
        ]

    def _with_url(self, image: Image) -> UploadedImage:
        return UploadedImage(image, self.images.url(image.name))
