"""What a send carries beyond its text: attachments, inline images, headers and tags, from the request to the mailbox."""

from __future__ import annotations

import base64
import struct
import zlib
from typing import Any

import pytest

from functions.core.sending.attachments import IN_REQUEST_MAX, TOTAL_MAX
from tests.end_to_end.service import Service
from tests.end_to_end.support.problems import check_shape
from tests.end_to_end.support.sending.sends import SEND, request
from tests.end_to_end.support.sending.uploads import PDF, UPLOADS, uploaded


def png() -> bytes:
    """One red pixel."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    pixel = zlib.compress(b"\x00\xff\x00\x00")
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixel) + chunk(b"IEND", b"")


def file(filename: str, content_type: str, content: bytes, **more: str) -> dict[str, str]:
    encoded = base64.b64encode(content).decode()
    return {"filename": filename, "contentType": content_type, "content": encoded, **more}


def test_a_pdf_and_an_inline_image_arrive_whole(service: Service) -> None:
    """By Mailpit's API: the PDF is an attachment, the PNG is inline, and both have the octets that were sent."""
    enclosed = [
        file("Rechnung № 42, März.pdf", "application/pdf", PDF),
        file("logo.png", "image/png", png(), contentId="logo@shop"),
    ]
    requested = request(
        service,
        "files@files.example.net",
        attachments=enclosed,
        headers={"X-Order": "№ 42", "List-Unsubscribe": "<https://example.com/u?a=1>"},
        tags={"campaign": "spring"},
    )
    status_id = service.http.post(SEND, json=requested).json()["statusId"]
    service.settle()
    status = service.status(status_id)
    assert (status["sendResult"], status["tags"]) == ("SENT", {"campaign": "spring"})
    assert status["requestedBy"] in {key["id"] for key in service.http.get("/staffetta/v1/api-keys").json()["results"]}

    (mail,) = service.mails("to:files.example.net")
    whole = service.mailbox.get(f"/api/v1/message/{mail['ID']}").json()
    assert "FR-10482" in whole["HTML"]
    assert "FR-10482" in whole["Text"]
    ((pdf,), (logo,)) = (whole["Attachments"], whole["Inline"])
    assert (pdf["FileName"], pdf["ContentType"]) == ("Rechnung № 42, März.pdf", "application/pdf")
    assert (logo["FileName"], logo["ContentType"], logo["ContentID"]) == ("logo.png", "image/png", "logo@shop")
    for part, content in ((pdf, PDF), (logo, png())):
        assert service.mailbox.get(f"/api/v1/message/{mail['ID']}/part/{part['PartID']}").content == content

    headers = service.mailbox.get(f"/api/v1/message/{mail['ID']}/headers").json()
    assert headers["X-Order"] == ["№ 42"]
    assert headers["List-Unsubscribe"] == ["<https://example.com/u?a=1>"]
    assert headers["X-Entity-Ref-Id"] == [status_id]
    assert headers["Auto-Submitted"] == ["auto-generated"]
    assert headers["Feedback-Id"][0].startswith(f"{requested['emailId']}:")
    assert len(headers["Message-Id"]) == 1


def test_an_attachment_above_the_limit_is_refused(service: Service) -> None:
    largest = request(
        service, "large@largest.example.net", attachments=[file("a.zip", "application/zip", bytes(IN_REQUEST_MAX))]
    )
    answer = service.http.post(SEND, json=largest)
    assert answer.status_code == 200
    service.settle()
    assert arrived(service, "largest.example.net") == [IN_REQUEST_MAX]

    largest["message"]["attachments"].append(file("b.txt", "text/plain", b"x"))
    body = check_shape(service.http.post(SEND, json=largest), 400, "VALIDATION_ERROR")
    assert [error["in"] for error in body["errors"]] == ["message.attachments"]
    assert "4,500,001 bytes" in body["errors"][0]["message"]
    assert "POST /staffetta/v1/uploads" in body["errors"][0]["message"]


def arrived(service: Service, domain: str) -> list[int]:
    """The sizes of the attachments of the one mail to there."""
    (mail,) = service.mails(f"to:{domain}")
    whole = service.mailbox.get(f"/api/v1/message/{mail['ID']}").json()
    return [part["Size"] for part in whole["Attachments"]]


def test_a_large_attachment_is_uploaded_before_the_send(service: Service) -> None:
    """Through S3, up to what a mail carries, with one that is in the request; any number of sends have it."""
    large, small = uploaded(service, bytes(TOTAL_MAX - len(PDF))), file("a.pdf", "application/pdf", PDF)
    five = uploaded(service, bytes(5_000_000))
    for domain, attachments in (("ten", [large, small]), ("five", [five]), ("again", [five])):
        requested = request(service, f"ada@{domain}.uploads.example.net", attachments=attachments)
        assert service.http.post(SEND, json=requested, params={"dryRun": "true"}).json()["preview"]
        assert service.http.post(SEND, json=requested).json()["status"] == "PENDING"
    service.settle()
    assert arrived(service, "ten.uploads.example.net") == [TOTAL_MAX - len(PDF), len(PDF)]
    assert arrived(service, "five.uploads.example.net") == arrived(service, "again.uploads.example.net") == [5_000_000]

    requested = request(service, "ada@over.uploads.example.net", attachments=[large, small, small])
    requested["message"]["attachments"].append({**five, "uploadId": "00000000-0000-4000-8000-000000000000"})
    body = check_shape(service.http.post(SEND, json=requested), 400, "VALIDATION_ERROR")
    assert {error["in"] for error in body["errors"]} == {"message.attachments", "message.attachments[3].uploadId"}


@pytest.mark.parametrize("size", [None, 0, -1, "5", True, 1.5, TOTAL_MAX + 1])
def test_an_upload_has_a_size_that_a_mail_can_carry(service: Service, size: Any) -> None:
    body = check_shape(service.http.post(UPLOADS, json={"size": size}), 400, "VALIDATION_ERROR")
    assert [error["in"] for error in body["errors"]] == ["size"]


def test_a_forbidden_mail_is_refused(service: Service) -> None:
    requested: dict[str, Any] = request(
        service,
        "eve@refused.example.net",
        attachments=[file("run.exe", "application/pdf", b"MZ"), file("a.pdf", "application/pdf", b"%PDF")],
        headers={"Bcc": "eve@example.org", "X-A": "a\r\nBcc: eve@example.org", "X-SES-CONFIGURATION-SET": "other"},
        tags={"staffetta_send": "another"},
    )
    body = check_shape(service.http.post(SEND, json=requested), 400, "VALIDATION_ERROR")
    assert {error["in"] for error in body["errors"]} == {
        "message.attachments[0].filename",
        "message.headers.Bcc",
        "message.headers.X-A",
        "message.headers.X-SES-CONFIGURATION-SET",
        "message.tags.staffetta_send",
    }
    service.settle()
    assert service.mails("to:refused.example.net") == []
