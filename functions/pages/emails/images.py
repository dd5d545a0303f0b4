"""Images of emails: upload them, choose one for an email, delete unused ones.

A script of the visual view uploads and lists over the same steps, and gets JSON.
"""

from __future__ import annotations

from typing import Any

from functions import wiring
from functions.core.access.audit import AuditAction
from functions.core.access.scopes import CONTENT
from functions.core.emails import images
from functions.core.errors import Conflict, Rejected
from functions.http.responses import HtmlPage
from functions.i18n.marks import N_
from functions.pages.page import MenuGroup, get, post
from functions.pages.visit import BAD_REQUEST, PageVisit
from functions.steps.emails.images import ImageLibrary, UploadedImage

IMAGES = "/console/images"
PAGE = 48


def show_images(visit: PageVisit) -> HtmlPage:
    uploaded, after = _page(visit)
    return visit.page(
        "emails/images.html",
        policy={"img_src": _host()},
        uploaded=uploaded,
        after=after,
        megabytes=images.OCTETS_MAX // 10**6,
        side=images.SIDE_MAX,
        alt_max=images.ALT_MAX,
    )


def upload(visit: PageVisit) -> HtmlPage:
    _store(visit)
    return visit.redirect(IMAGES, visit.gettext("The image is uploaded."))


def confirm_delete(visit: PageVisit) -> HtmlPage:
    return visit.confirm(
        visit.gettext("Delete the image?"),
        visit.gettext(
            "Mails that were sent before no longer show it, once it expires from caches. This cannot be undone."
        ),
        visit.gettext("Delete"),
        IMAGES,
    )


def delete(visit: PageVisit) -> HtmlPage:
    name = visit.path("imageId")
    _library().delete(name, visit.actor)
    wiring.get(wiring.access.audit_log)(AuditAction.IMAGE_DELETED, visit.actor, name)
    return visit.redirect(IMAGES, visit.gettext("The image is deleted."))


def list_for_script(visit: PageVisit) -> HtmlPage:
    uploaded, after = _page(visit)
    return visit.json({"images": [_view(one) for one in uploaded], "after": after})


def upload_for_script(visit: PageVisit) -> HtmlPage:
    try:
        return visit.json(_view(_store(visit)))
    except Rejected as refusal:
        return visit.json({"errors": [visit.error_message(error.message) for error in refusal.errors]}, BAD_REQUEST)
    except Conflict as refusal:
        return visit.json({"errors": [visit.error_message(str(refusal))]}, BAD_REQUEST)


PAGES = (
    get(IMAGES, show_images, CONTENT, menu=(MenuGroup.EMAIL, N_("Images"))),
    post(IMAGES, upload, CONTENT, back=show_images),
    get(f"{IMAGES}/list", list_for_script, CONTENT),
    post(f"{IMAGES}/upload", upload_for_script, CONTENT, back=show_images),
    get(f"{IMAGES}/{{imageId}}/delete", confirm_delete, CONTENT),
    post(f"{IMAGES}/{{imageId}}/delete", delete, CONTENT, back=show_images),
)


def _library() -> ImageLibrary:
    return wiring.get(wiring.emails.image_library)


def _host() -> str:
    """Returns the source of images for a browser's policy. A stage without a CDN has none to show."""
    return wiring.container().settings.images_url if _library().served else "'self'"


def _page(visit: PageVisit) -> tuple[list[UploadedImage], str]:
    uploaded = _library().page(visit.query.get("after", ""), PAGE + 1)
    return uploaded[:PAGE], uploaded[PAGE - 1].image.cursor if len(uploaded) > PAGE else ""


def _store(visit: PageVisit) -> UploadedImage:
    stored = _library().upload(visit.file("file"), visit.value("alt"), visit.value("filename"), visit.actor)
    image = stored.image
    wiring.get(wiring.access.audit_log)(AuditAction.IMAGE_UPLOADED, visit.actor, image.name, filename=image.filename)
    return stored


def _view(uploaded: UploadedImage) -> dict[str, Any]:
    image = uploaded.image
    return {
        "url": uploaded.url,
        "alt": image.alt,
        "filename": image.filename,
        "width": image.width,
        "height": image.height,
    }
