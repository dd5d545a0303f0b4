"""What SES refuses in a message itself, in its words."""

from contextlib import suppress
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.local.ses import SesError, addresses
from infra.local.ses.content_checks import check_header, check_parts
from infra.local.ses.message import RawMessage


def refusal(raw: bytes) -> str | None:
    try:
        check_header(RawMessage.parse(raw))
        check_parts(raw)
    except SesError as error:
        return error.message
    return None


def headed(*fields: str) -> bytes:
    lines = ["From: orders@example.com", "To: ada@customer.test", "Subject: x", *fields]
    return "".join(f"{line}\r\n" for line in lines).encode() + b"\r\nhello\r\n"


@pytest.mark.parametrize(
    ("name", "ses_name"),
    [
        ("DKIM-Signature", "DKIM-Signature"),
        ("Dkim-Signature", "DKIM-Signature"),
        ("Delivered-To", "Delivered-To"),
        ("List-Unsubscribe", "List-Unsubscribe"),
        ("list-unsubscribe-post", "List-Unsubscribe-Post"),
        ("Auto-Submitted", "Auto-Submitted"),
        ("Precedence", "Precedence"),
        ("In-Reply-To", "In-Reply-To"),
        ("References", "References"),
        ("VBR-Info", "VBR-Info"),
    ],
)
def test_a_second_field_of_a_name_is_refused(name: str, ses_name: str) -> None:
    """SES lists the names in its guide. Its own spelling is in the refusal."""
    assert refusal(headed(f"{name}: 1")) is None
    assert refusal(headed(f"{name}: 1", f"{name.lower()}: 2")) == f"Duplicate header '{ses_name}'."


def test_fields_outside_the_list_may_repeat() -> None:
    assert refusal(headed("Received: a", "Received: b", "X-Own: 1", "X-Own: 2", "ARC-Seal: 1", "ARC-Seal: 2")) is None


@pytest.mark.parametrize(
    ("value", "error"),
    [
        ('"Test <a@example.net>', "Missing '\"'"),
        ("Test <a@example.net", "Missing '>'"),
        ("Test a@example.net>", "Missing '<'"),
        ("(Test a@example.net", "Missing ')'"),
        ("Test) a@example.net", "Missing '('"),
        ("nobody", "Missing final '@domain'"),
        ('"A \\" (b <c" <a@example.net>', None),
        ('(a "b <c) a@example.net', None),
        ("undisclosed-recipients:;", None),
        ("=?utf-8?Q?Z=22?= <a@example.net>, b@example.net", None),
    ],
)
def test_the_recipients_of_a_header_must_be_addresses(value: str, error: str | None) -> None:
    """SES reads the header even if the envelope has other recipients."""
    assert refusal(f"From: orders@example.com\r\nTo: {value}\r\n\r\nx".encode()) == error


@pytest.mark.parametrize(
    ("address", "error"),
    [
        ("ada@example.net", None),
        ('"ada"@example.net', None),
        ("o'neill+x/y=z@example.net", None),
        ("", "Missing final '@domain'"),
        ("@example.net", "Missing local name"),
        ("ada@", "Missing domain"),
        ("a b@example.net", "Local address contains control or whitespace"),
        ("grüße@example.net", "Local address contains control or whitespace"),
        ("ada@grüße.example", "Domain contains control or whitespace"),
        ("ada@exam_ple,net", "Domain contains illegal character"),
        ("ada@.example.net", "Domain starts with dot"),
        ("ada@example.net.", "Domain ends with dot"),
        (
            '"re:ceiver"@example.net',
            "Address contains illegal characters in user name: '<\"re:ceiver\"@example.net>'.",
        ),
        ('"a b"@example.net', "Address contains illegal characters in user name: '<\"a b\"@example.net>'."),
    ],
)
def test_an_address_is_refused_as_javamail_does(address: str, error: str | None) -> None:
    if error is None:
        assert addresses.check(address) == address
        return
    with pytest.raises(SesError) as caught:
        addresses.check(address)
    assert caught.value.message == error


@given(st.text(max_size=40))
def test_any_text_is_an_address_or_refused(text: str) -> None:
    """No text is another error."""
    with suppress(SesError):
        assert "@" in addresses.check(text)
    with suppress(SesError):
        addresses.check_balance(text)


@pytest.mark.parametrize(
    ("value", "error"),
    [
        ("attachment", None),
        ('attachment; filename="a b.txt"', None),
        ("attachment;", None),
        ("inline (a comment); filename=a.txt", None),
        ("=?utf-8?Q?inline?=", "Expected disposition, got ="),
        ('"inline"', "Expected disposition, got inline"),
        ("attachment; filename=test hello.txt", "Expected ';', got \"hello.txt\""),
        ("attachment; =a", 'Expected parameter name, got "="'),
        ("attachment; filename", "Expected '=', got \"null\""),
        ("attachment; filename=;", 'Expected parameter value, got ";"'),
    ],
)
def test_a_malformed_disposition_is_refused(value: str, error: str | None) -> None:
    """This holds for the message and for each of its parts."""
    part = f"--b\r\nContent-Disposition: {value}\r\n\r\nx\r\n--b--\r\n"
    assert refusal(headed(f"Content-Disposition: {value}")) == error
    assert refusal(b"Content-Type: multipart/mixed; boundary=b\r\n" + headed()[:-7] + part.encode()) == error


@pytest.mark.parametrize(
    "name", ["a.exe", "A.EXE", "note.pdf.bat", "run.ps1xml", "site.js", "mail.vbs ", "ünsicher.scr"]
)
def test_an_executable_attachment_is_refused(name: str) -> None:
    """SES lists the file types in its guide."""
    assert refusal(with_attachment(name)) == f"Illegal filename '{name.strip()}'"


@pytest.mark.parametrize("name", ["a.pdf", "exe", "exe.txt", "a.exe.zip", "a.py", "a.jar", ".profile"])
def test_other_attachments_pass(name: str) -> None:
    assert refusal(with_attachment(name)) is None


def with_attachment(name: str) -> bytes:
    message: Any = EmailMessage(policy=SMTP)
    message["From"], message["To"] = "orders@example.com", "ada@customer.test"
    message.set_content("hello")
    message.add_attachment(b"MZ", maintype="application", subtype="octet-stream", filename=name)
    return bytes(message.as_bytes())
