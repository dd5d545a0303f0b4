from __future__ import annotations

import base64
from typing import Any

import pytest
from hypothesis import given

from functions.core.sending.attachments import IN_REQUEST_MAX, Upload
from tests.support.send_requests import errors, read, with_message
from tests.support.strategies import JSON

PDF = {"filename": "invoice.pdf", "contentType": "application/pdf", "content": "JVBERg=="}
LOGO = {"filename": "logo.png", "contentType": "image/png", "content": "iVBORw==", "contentId": "<logo>"}


def test_attachments_headers_and_tags_are_read() -> None:
    request = read(with_message(attachments=[PDF, LOGO], headers={"X-Order": "42"}, tags={"campaign": "spring"}))
    pdf, logo = request.attachments
    assert (pdf.filename, pdf.content_type, pdf.content, pdf.content_id) == (*PDF.values(), "")
    assert (logo.filename, logo.content_id) == ("logo.png", "logo")
    assert (request.headers, request.tags) == ((("X-Order", "42"),), {"campaign": "spring"})


def test_a_time_limit_is_read() -> None:
    assert read(with_message(maxDeliverySeconds=300)).max_delivery_seconds == 300
    assert read(with_message()).max_delivery_seconds is None


@pytest.mark.parametrize("seconds", [0, 299, 50_401, -1, 300.5, "300", True])
def test_a_time_limit_is_within_those_of_ses(seconds: Any) -> None:
    assert errors(with_message(maxDeliverySeconds=seconds)) == {"message.maxDeliverySeconds": "INVALID_VALUE"}


def test_all_of_them_are_optional() -> None:
    request = read(with_message(attachments=None, headers=None, tags=None))
    assert (request.attachments, request.headers, request.tags) == ((), (), {})


def test_every_error_of_every_attachment_is_reported() -> None:
    files = [
        {"filename": "run.exe", "contentType": "application/pdf", "content": "JVBERg=="},
        {"contentType": 5, "content": "no base64!", "contentId": "a b"},
        "invoice.pdf",
    ]
    assert errors(with_message(attachments=files)) == {
        "message.attachments[0].filename": "INVALID_VALUE",
        "message.attachments[1].filename": "REQUIRED_FIELD",
        "message.attachments[1].contentType": "INVALID_VALUE",
        "message.attachments[1].content": "INVALID_VALUE",
        "message.attachments[1].contentId": "INVALID_VALUE",
        "message.attachments[2]": "INVALID_VALUE",
    }


@pytest.mark.parametrize("value", [{}, "x", 5, True, [PDF] * 101])
def test_attachments_are_a_list_of_at_most_a_hundred(value: Any) -> None:
    assert errors(with_message(attachments=value)) == {"message.attachments": "INVALID_VALUE"}


def test_all_attachments_together_fit_into_one_request() -> None:
    half = {**PDF, "content": base64.b64encode(bytes(IN_REQUEST_MAX // 2)).decode()}
    assert len(read(with_message(attachments=[half, half])).attachments) == 2
    assert errors(with_message(attachments=[half, half, PDF])) == {"message.attachments": "INVALID_VALUE"}


def test_an_attachment_is_in_the_request_or_was_uploaded() -> None:
    uploaded = {**PDF, "uploadId": "8f14e45f-ceea-467f-a0e6-1b2c3d4e5f60"}
    del uploaded["content"]
    (pdf,) = read(with_message(attachments=[uploaded])).attachments
    assert (pdf.content, pdf.upload) == ("", Upload(uploaded["uploadId"]))
    neither = {name: value for name, value in PDF.items() if name != "content"}
    wrong = [neither, {**uploaded, **PDF}, {**uploaded, "uploadId": "../sends/1"}, {**uploaded, "uploadId": 5}]
    assert errors(with_message(attachments=wrong)) == {
        "message.attachments[0]": "REQUIRED_FIELD",
        "message.attachments[1]": "REQUIRED_FIELD",
        "message.attachments[2].uploadId": "INVALID_VALUE",
        "message.attachments[3].uploadId": "INVALID_VALUE",
    }


def test_a_content_id_names_one_image() -> None:
    assert errors(with_message(attachments=[LOGO, LOGO])) == {"message.attachments": "INVALID_VALUE"}


def test_every_error_of_headers_and_tags_is_reported() -> None:
    headers = {"Bcc": "eve@example.org", "X-Order": 42, "X-A": "a\r\nb", "X-Fine": "fine"}
    tags = {"staffetta_send": "x", "a b": "x", "n": 1, "fine": "fine"}
    assert errors(with_message(headers=headers, tags=tags)) == {
        "message.headers.Bcc": "INVALID_VALUE",
        "message.headers.X-Order": "INVALID_VALUE",
        "message.headers.X-A": "INVALID_VALUE",
        "message.tags.staffetta_send": "INVALID_VALUE",
        "message.tags.a b": "INVALID_VALUE",
        "message.tags.n": "INVALID_VALUE",
    }


@pytest.mark.parametrize("value", [[], "x", 5])
def test_headers_and_tags_are_objects(value: Any) -> None:
    assert errors(with_message(headers=value)) == {"message.headers": "INVALID_VALUE"}
    assert errors(with_message(tags=value)) == {"message.tags": "INVALID_VALUE"}


def test_headers_and_tags_are_limited_and_headers_unique() -> None:
    many = {f"X-{number}": "x" for number in range(16)}
    assert errors(with_message(headers=many, tags=many)) == dict.fromkeys(
        ["message.headers", "message.tags"], "INVALID_VALUE"
    )
    assert errors(with_message(headers={"X-A": "1", "x-a": "2"})) == {"message.headers": "INVALID_VALUE"}


@given(JSON, JSON)
def test_any_json_is_read_or_rejected(one: Any, other: Any) -> None:
    file = {"filename": one, "contentType": other, "content": one, "contentId": other}
    errors(with_message(attachments=one, headers=one, tags=one))
    errors(with_message(attachments=[one, file], headers={"X-A": one}, tags={"a": other}))
