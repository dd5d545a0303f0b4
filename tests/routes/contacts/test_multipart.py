"""Parts of a multipart body: their octets are untouched."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.core.errors import Rejected
from functions.http.multipart import parts_of

TYPE = "multipart/form-data; boundary=b0undary"


def body(octets: bytes) -> bytes:
    head = b'--b0undary\r\nContent-Disposition: form-data; name="files"; filename="a.csv"\r\nContent-Type: text/csv\r\n\r\n'
    return head + octets + b"\r\n--b0undary--\r\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "cp1252"])
def test_a_file_is_as_it_was_sent(encoding: str) -> None:
    octets = 'email;name\r\na@b.de;"Zoë\nX"\r\n'.encode(encoding)
    assert parts_of(TYPE, body(octets)) == {"files": [octets]}


def test_a_large_file_stays_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile._get_default_tempdir", lambda: pytest.fail("Lambda has little room on its disk"))
    octets = b"a@b.de\r\n" * 500_000
    assert parts_of(TYPE, body(octets)) == {"files": [octets]}


@given(st.binary(max_size=100).filter(lambda octets: b"b0undary" not in octets))
def test_any_octets_are_as_they_were_sent(octets: bytes) -> None:
    assert parts_of(TYPE, body(octets)) == {"files": [octets]}


@pytest.mark.parametrize("content_type", ["application/json", "multipart/form-data", ""])
def test_another_body_is_refused(content_type: str) -> None:
    with pytest.raises(Rejected):
        parts_of(content_type, b"{}")


def test_a_name_is_read_among_other_parameters() -> None:
    head = 'Content-Type: text/csv\r\ncontent-disposition: form-data; filename="a; name=b \\"c\\".csv"; name=files'
    assert parts_of(TYPE, f"--b0undary\r\n{head}\r\n\r\nx\r\n--b0undary--".encode()) == {"files": [b"x"]}


def test_fields_of_one_name_stay_in_order() -> None:
    part = '--b"\r\nContent-Disposition: form-data; name="Zoë"\r\n\r\n{}\r\n'
    whole = "".join(part.format(value) for value in ("1", "", "3")) + '--b"--\r\n'
    assert parts_of('multipart/form-data; boundary="b\\""', whole.encode()) == {"Zoë": [b"1", b"", b"3"]}


def test_a_visitor_cannot_keep_us_busy_with_parts() -> None:
    """A body of 440,000 parts took 84 seconds, before any sign-in."""
    with pytest.raises(Rejected):
        parts_of("multipart/form-data; boundary=a", b"--a\r\n\r\nx\r\n" * 440_000)
    named = b"--a\r\nContent-Disposition: form-data; name=n\r\n\r\nx\r\n"
    with pytest.raises(Rejected, match="more than 300 parts"):
        parts_of("multipart/form-data; boundary=a", named * 80_000)


def test_nested_parts_are_the_content_of_a_part() -> None:
    """They exhausted the stack of calls."""
    disposition = 'Content-Disposition: form-data; name="files"'
    nested = "".join(f"--b{n}\r\nContent-Type: multipart/mixed; boundary=b{n}\r\n\r\n" for n in range(1, 3000))
    whole = f"--b0\r\n{disposition}\r\n\r\n{nested}\r\n--b0--\r\n"
    assert parts_of("multipart/form-data; boundary=b0", whole.encode()) == {"files": [nested.encode()]}


def test_a_header_may_go_on_in_the_next_line() -> None:
    head = 'Content-Disposition: form-data;\r\n\tname="files";\r\n filename="a.csv"'
    assert parts_of(TYPE, f"--b0undary\r\n{head}\r\n\r\nx\r\n--b0undary--".encode()) == {"files": [b"x"]}


def test_lines_without_cr_are_refused() -> None:
    with pytest.raises(Rejected):
        parts_of(TYPE, body(b"x").replace(b"\r\n", b"\n"))


def test_a_body_without_its_end_is_refused() -> None:
    """A part of a file would be imported as the file."""
    with pytest.raises(Rejected, match="no end"):
        parts_of(TYPE, body(b"email\r\na@b.de").removesuffix(b"--\r\n"))
