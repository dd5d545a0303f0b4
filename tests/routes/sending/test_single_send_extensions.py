from __future__ import annotations

import base64
from typing import Any

import pytest
from hypothesis import given as given_any

from functions.core.errors import Rejected
from functions.core.sending.attachments import IN_REQUEST_MAX, Upload
from tests.core.templates.test_rendering import JSON
from tests.routes.sending.test_single_send import faults, read, with_message

PDF = {"filename": "invoice.pdf", "contentType": "application/pdf", "content": "JVBERg=="}
LOGO = {"filename": "logo.png", "contentType": "image/png", "content": "iVBORw==", "contentId": "<logo>"}


def test_attachments_headers_and_tags_are_read() -> None:
    request = read(with_message(attachments=[PDF, LOGO], headers={"X-Order": "42"}, tags={"campaign": "spring"}))
    pdf, logo = request.attachments
    assert (pdf.filename, pdf.content_type, pdf.content, pdf.content_id) == (*PDF.values(), "")
    assert (logo.filename, logo.content_id) == ("logo.png", "logo")
    assert (request.headers, request.tags) == ((("X-Order", "42"),), {"campaign": "spring"})


def test_none_of_them_is_needed() -> None:
    request = read(with_message(attachments=None, headers=None, tags=None))
    assert (request.attachments, request.headers, request.tags) == ((), (), {})


def test_every_fault_of_every_attachment_is_told() -> None:
    given = [
        {"filename": "run.exe", "contentType": "application/pdf", "content": "JVBERg=="},
        {"contentType": 5, "content": "no base64!", "contentId": "a b"},
        "invoice.pdf",
    ]
    assert faults(with_message(attachments=given)) == {
        "message.attachments[0].filename": "INVALID_VALUE",
        "message.attachments[1].filename": "REQUIRED_FIELD",
        "message.attachments[1].contentType": "INVALID_VALUE",
        "message.attachments[1].content": "INVALID_VALUE",
        "message.attachments[1].contentId": "INVALID_VALUE",
        "message.attachments[2]": "INVALID_VALUE",
    }


@pytest.mark.parametrize("given", [{}, "x", 5, True, [PDF] * 101])
def test_attachments_are_a_list_of_at_most_a_hundred(given: Any) -> None:
    assert faults(with_message(attachments=given)) == {"message.attachments": "INVALID_VALUE"}


def test_all_attachments_together_fit_into_one_request() -> None:
    half = {**PDF, "content": base64.b64encode(bytes(IN_REQUEST_MAX // 2)).decode()}
    assert len(read(with_message(attachments=[half, half])).attachments) == 2
    assert faults(with_message(attachments=[half, half, PDF])) == {"message.attachments": "INVALID_VALUE"}


def test_an_attachment_is_in_the_request_or_was_uploaded() -> None:
    uploaded = {**PDF, "uploadId": "8f14e45f-ceea-467f-a0e6-1b2c3d4e5f60"}
    del uploaded["content"]
    (pdf,) = read(with_message(attachments=[uploaded])).attachments
    assert (pdf.content, pdf.upload) == ("", Upload(uploaded["uploadId"]))
    neither = {name: value for name, value in PDF.items() if name != "content"}
    wrong = [neither, {**uploaded, **PDF}, {**uploaded, "uploadId": "../sends/1"}, {**uploaded, "uploadId": 5}]
    assert faults(with_message(attachments=wrong)) == {
        "message.attachments[0]": "REQUIRED_FIELD",
        "message.attachments[1]": "REQUIRED_FIELD",
        "message.attachments[2].uploadId": "INVALID_VALUE",
        "message.attachments[3].uploadId": "INVALID_VALUE",
    }


def test_a_content_id_names_one_image() -> None:
    assert faults(with_message(attachments=[LOGO, LOGO])) == {"message.attachments": "INVALID_VALUE"}


def test_every_fault_of_the_headers_and_tags_is_told() -> None:
    headers = {"Bcc": "eve@example.org", "X-Order": 42, "X-A": "a\r\nb", "X-Fine": "fine"}
    tags = {"staffetta_send": "x", "a b": "x", "n": 1, "fine": "fine"}
    assert faults(with_message(headers=headers, tags=tags)) == {
        "message.headers.Bcc": "INVALID_VALUE",
        "message.headers.X-Order": "INVALID_VALUE",
        "message.headers.X-A": "INVALID_VALUE",
        "message.tags.staffetta_send": "INVALID_VALUE",
        "message.tags.a b": "INVALID_VALUE",
        "message.tags.n": "INVALID_VALUE",
    }


@pytest.mark.parametrize("given", [[], "x", 5])
def test_headers_and_tags_are_objects(given: Any) -> None:
    assert faults(with_message(headers=given)) == {"message.headers": "INVALID_VALUE"}
    assert faults(with_message(tags=given)) == {"message.tags": "INVALID_VALUE"}


def test_there_are_so_many_headers_and_tags_and_no_header_comes_twice() -> None:
    many = {f"X-{number}": "x" for number in range(16)}
    assert faults(with_message(headers=many, tags=many)) == dict.fromkeys(
        ["message.headers", "message.tags"], "INVALID_VALUE"
    )
    assert faults(with_message(headers={"X-A": "1", "x-a": "2"})) == {"message.headers": "INVALID_VALUE"}


@given_any(JSON, JSON)
def test_any_json_is_read_or_told(one: Any, other: Any) -> None:
    file = {"filename": one, "contentType": other, "content": one, "contentId": other}
    for given in (
        {"attachments": one, "headers": one, "tags": one},
        {"attachments": [one, file], "headers": {"X-A": one}, "tags": {"a": other}},
    ):
        try:
            read(with_message(**given))
        except Rejected as error:
            assert error.errors  # noqa: PT017 - either end is fine, as long as it speaks
