"""What a send carries beyond its text: attachments, inline images, headers and tags, from the request to the mailbox."""

from __future__ import annotations

import base64
import struct
import zlib
from typing import Any

from functions.core.sending.attachments import TOTAL_MAX
from tests.end_to_end.service import Service
from tests.end_to_end.test_bad_input import check_shape
from tests.end_to_end.test_flow import SEND, request

PDF = b"%PDF-1.7\n" + bytes(range(256)) * 40 + b"\n%%EOF\n"


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
    asked = request(
        service,
        "files@files.example.net",
        attachments=enclosed,
        headers={"X-Order": "№ 42", "List-Unsubscribe": "<https://example.com/u?a=1>"},
        tags={"campaign": "spring"},
    )
    status_id = service.http.post(SEND, json=asked).json()["statusId"]
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
    assert headers["Feedback-Id"][0].startswith(f"{asked['emailId']}:")
    assert len(headers["Message-Id"]) == 1


def test_the_largest_attachment_that_is_allowed_arrives_and_one_byte_more_is_told(service: Service) -> None:
    largest = request(
        service, "large@largest.example.net", attachments=[file("a.zip", "application/zip", bytes(TOTAL_MAX))]
    )
    answer = service.http.post(SEND, json=largest)
    assert answer.status_code == 200
    service.settle()
    (mail,) = service.mails("to:largest.example.net")
    whole = service.mailbox.get(f"/api/v1/message/{mail['ID']}").json()
    assert [part["Size"] for part in whole["Attachments"]] == [TOTAL_MAX]

    largest["message"]["attachments"].append(file("b.txt", "text/plain", b"x"))
    body = check_shape(service.http.post(SEND, json=largest), 400, "VALIDATION_ERROR")
    assert [error["in"] for error in body["errors"]] == ["message.attachments"]
    assert "4,500,001 bytes" in body["errors"][0]["message"]


def test_what_may_not_be_sent_is_refused_and_nothing_is_sent(service: Service) -> None:
    asked: dict[str, Any] = request(
        service,
        "eve@refused.example.net",
        attachments=[file("run.exe", "application/pdf", b"MZ"), file("a.pdf", "application/pdf", b"%PDF")],
        headers={"Bcc": "eve@example.org", "X-A": "a\r\nBcc: eve@example.org", "X-SES-CONFIGURATION-SET": "other"},
        tags={"staffetta_send": "another"},
    )
    body = check_shape(service.http.post(SEND, json=asked), 400, "VALIDATION_ERROR")
    assert {error["in"] for error in body["errors"]} == {
        "message.attachments[0].filename",
        "message.headers.Bcc",
        "message.headers.X-A",
        "message.headers.X-SES-CONFIGURATION-SET",
        "message.tags.staffetta_send",
    }
    service.settle()
    assert service.mails("to:refused.example.net") == []
