"""An upload is sent as it was accepted, or the send is refused."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from functions.core import timestamps
from functions.core.errors import PermanentFailure, Rejected
from functions.core.outcomes import SendResult
from functions.core.sending.attachments import TOTAL_MAX, Upload
from functions.steps.sending import create_upload
from functions.steps.sending.create_upload import OFFER_SECONDS, USABLE_SECONDS, CreateUpload
from tests.fakes import Clock
from tests.fakes.sending import MemoryUploads
from tests.support.examples import A_PDF, AN_UPLOAD, NOON, NOON_TEXT, UPLOADED, a_request, a_send

TWO = (A_PDF, AN_UPLOAD)


@pytest.fixture
def uploads() -> MemoryUploads:
    return MemoryUploads()


def test_an_upload_url_is_for_one_size(uploads: MemoryUploads) -> None:
    create = CreateUpload(uploads=uploads, clock=Clock(), new_id=lambda: UPLOADED)
    presigned = create(TOTAL_MAX)
    assert (presigned.upload_id, presigned.expires_at) == (UPLOADED, "2026-11-23T12:15:00.000Z")
    assert presigned.url == uploads.presign(UPLOADED, TOTAL_MAX, OFFER_SECONDS)
    with pytest.raises(Rejected, match=r"size: is 10,000,001 bytes; a mail can carry 10,000,000"):
        create(TOTAL_MAX + 1)


def test_a_request_is_resolved_with_the_uploaded_version(uploads: MemoryUploads) -> None:
    upload = uploads.put(UPLOADED, b"%PDF-1.7")
    pdf, catalogue = create_upload.resolve_uploads(a_request(attachments=TWO), uploads, NOON).attachments
    assert (pdf, catalogue.upload, catalogue.size) == (A_PDF, upload, 8)


def test_every_missing_or_old_upload_is_reported(uploads: MemoryUploads) -> None:
    uploads.put(UPLOADED, b"%PDF", at=timestamps.iso(NOON - USABLE_SECONDS - 1))
    missing = replace(AN_UPLOAD, upload=Upload("8f14e45f-0000-467f-a0e6-1b2c3d4e5f60"))
    with pytest.raises(Rejected) as refused:
        create_upload.resolve_uploads(a_request(attachments=(*TWO, missing)), uploads, NOON)
    assert [(error.field, error.message.split(":")[0]) for error in refused.value.errors] == [
        ("message.attachments[1].uploadId", "was uploaded at 2026-11-22T11"),
        ("message.attachments[2].uploadId", "nothing was uploaded under this id"),
    ]


def test_an_upload_is_usable_for_a_day(uploads: MemoryUploads) -> None:
    uploads.put(UPLOADED, b"%PDF", at=timestamps.iso(NOON - USABLE_SECONDS))
    assert create_upload.resolve_uploads(a_request(attachments=TWO), uploads, NOON)


def test_the_size_of_all_attachments_is_bounded(uploads: MemoryUploads) -> None:
    uploads.put(UPLOADED, bytes(TOTAL_MAX))
    assert create_upload.resolve_uploads(a_request(attachments=(AN_UPLOAD,)), uploads, NOON)
    with pytest.raises(Rejected, match="at most 10,000,000 are allowed"):
        create_upload.resolve_uploads(a_request(attachments=TWO), uploads, NOON)


def test_only_the_mail_has_the_content_of_an_upload(uploads: MemoryUploads) -> None:
    upload = uploads.put(UPLOADED, b"%PDF-1.7")
    send = a_send(attachments=(A_PDF, replace(AN_UPLOAD, upload=upload)))
    pdf, catalogue = create_upload.with_content(send, uploads).attachments
    assert (pdf, catalogue.content) == (A_PDF, "JVBERi0xLjc=")
    assert send.attachments[1].content == ""


@pytest.mark.parametrize("gone", [True, False], ids=["gone", "written over"])
def test_a_changed_upload_is_never_sent(uploads: MemoryUploads, gone: bool) -> None:
    upload = uploads.put(UPLOADED, b"%PDF-1.7")
    if gone:
        uploads.files.clear()
    else:
        uploads.put(UPLOADED, b"%PDF-1.8", at=NOON_TEXT)
    with pytest.raises(PermanentFailure, match=r"the upload of Catalogue.pdf is gone, or was overwritten") as refused:
        create_upload.with_content(a_send(attachments=(replace(AN_UPLOAD, upload=upload),)), uploads)
    assert refused.value.result is SendResult.CORRUPT_INPUT


def test_a_send_without_uploads_is_unchanged(uploads: MemoryUploads) -> None:
    request, send = a_request(attachments=(A_PDF,)), a_send(attachments=(A_PDF,))
    assert create_upload.resolve_uploads(request, uploads, NOON) is request
    assert create_upload.with_content(send, uploads) is send
