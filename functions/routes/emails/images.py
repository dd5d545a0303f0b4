"""Images of emails over HTTP, a Staffetta extension."""

from __future__ import annotations

import base64
import binascii

from functions import wiring
from functions.core.errors import FieldError, Rejected
from functions.routes.emails.image_models import ImageList, ImageListQuery, ImageUploadRequest, ImageView
from functions.routes.http.gate import ApiRequest
from functions.routes.http.models.reader import body_of, query_of
from functions.routes.http.paging import cut_page
from functions.steps.emails.images import ImageLibrary, UploadedImage


def list_images(request: ApiRequest) -> ImageList:
    query = query_of(request, ImageListQuery)
    uploaded = _library().page(query.after, query.limit + 1)
    page, paging = cut_page(request, uploaded, query.limit, lambda one: one.image.cursor)
    return ImageList(results=[_view(one) for one in page], paging=paging)


def upload_image(request: ApiRequest) -> ImageView:
    body = body_of(request, ImageUploadRequest)
    return _view(_library().upload(_octets(body.content), body.alt_text, body.filename, request.caller))


def delete_image(request: ApiRequest) -> None:
    _library().delete(request.path_parameters["imageId"], request.caller)


def _library() -> ImageLibrary:
    return wiring.get(wiring.emails.image_library)


def _octets(content: str) -> bytes:
    try:
        return base64.b64decode(content, validate=True)
    except (binascii.Error, ValueError) as error:
        raise Rejected([FieldError("content", "must be base64", "INVALID_BASE64")]) from error


def _view(uploaded: UploadedImage) -> ImageView:
    image = uploaded.image
    return ImageView(
        id=image.name,
        url=uploaded.url,
        alt_text=image.alt,
        filename=image.filename,
        size=image.size,
        width=image.width,
        height=image.height,
        uploaded_at=image.uploaded_at,
        uploaded_by=image.uploaded_by,
    )
