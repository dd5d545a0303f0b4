from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.core.sending import attachments
from functions.core.sending.attachments import Attachment


@pytest.mark.parametrize(
    "name", ["invoice.pdf", "Résumé 2026.pdf", "archive.tar.gz", "README", "報告.xlsx", "exe", "a.exe.zip"]
)
def test_a_name_is_unchanged(name: str) -> None:
    assert attachments.filename(f" {name} ") == name


def test_characters_that_ses_refuses_are_replaced() -> None:
    assert attachments.filename('a:b?c<d>e|f*g"h.pdf') == "a_b_c_d_e_f_g_h.pdf"


@pytest.mark.parametrize(
    "name",
    ["", "  ", "x" * 256, "a/b.pdf", "..\\b.pdf", "a\r\nBcc: eve@example.org", "a\x00.pdf", "gpj.\u202eexe", "\ud800"],
)
def test_an_unprintable_name_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="must"):
        attachments.filename(name)


@pytest.mark.parametrize("name", ["run.exe", "RUN.EXE", "a.pdf.js", "x.vbs", "x.com.", "x.bat . .", "x.ps1xml", ".lnk"])
def test_a_file_type_that_ses_blocks_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match=r"ends in \.\w+, a type of file that SES does not send"):
        attachments.filename(name)


@pytest.mark.parametrize(
    "text", ["application/pdf", "image/svg+xml", 'text/calendar; method=REQUEST; charset="utf-8"', "TEXT/CSV"]
)
def test_a_content_type_is_unchanged(text: str) -> None:
    assert attachments.content_type(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "pdf",
        "application/",
        "a/b\r\nX-Evil: 1",
        "a/b; c",
        "multipart/mixed",
        "message/rfc822",
        "a/b; name=x",
        "a/b; filename*=x",
        "a/b;boundary=x",
        "a/é",
        "a/" + "b" * 77,
        'a/b; c="\r\n"',
    ],
)
def test_a_content_type_that_would_break_the_mail_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="must"):
        attachments.content_type(text)


@given(st.binary(min_size=1))
def test_base64_is_accepted_folded_or_not_with_its_size(octets: bytes) -> None:
    one_line = base64.b64encode(octets).decode()
    assert attachments.content(one_line) == attachments.content(base64.encodebytes(octets).decode()) == one_line
    assert Attachment(filename="x", content_type="a/b", content=one_line).size == len(octets)


@pytest.mark.parametrize(
    "text", ["", " \n", "data:image/png;base64,aGk=", "aGk", "aGk=aGk=", "a===", "äGk=", "aG-_", "aG*k="]
)
def test_text_that_is_not_base64_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"is not base64|is empty"):
        attachments.content(text)


@pytest.mark.parametrize(("text", "expected"), [("logo", "logo"), ("<logo@example.com>", "logo@example.com")])
def test_a_content_id_comes_with_or_without_its_brackets(text: str, expected: str) -> None:
    assert attachments.content_id(text) == expected


@pytest.mark.parametrize("text", ["", "<>", "a b", "a>", "a\r\nX: y", "é", "x" * 79, '"'])
def test_a_content_id_that_no_link_can_name_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="must"):
        attachments.content_id(text)


def test_an_upload_is_named_by_its_id_only() -> None:
    """It becomes a key in a bucket, so it can be nothing else."""
    upload_id = "8f14e45f-ceea-467f-a0e6-1b2c3d4e5f60"
    assert attachments.upload_id(upload_id) == upload_id
    for text in ("", "../sends/1", upload_id.upper(), f"{upload_id}/x", f" {upload_id}", f"{upload_id}\n"):
        with pytest.raises(ValueError, match="must be the id of an upload"):
            attachments.upload_id(text)


def test_an_upload_has_the_size_of_its_file() -> None:
    upload = attachments.Upload("an-id", size=5)
    assert Attachment(filename="x", content_type="a/b", upload=upload).size == 5
