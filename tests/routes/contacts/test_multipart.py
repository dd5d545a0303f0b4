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


@given(st.binary(max_size=100).filter(lambda octets: b"b0undary" not in octets))
def test_any_octets_are_as_they_were_sent(octets: bytes) -> None:
    assert parts_of(TYPE, body(octets)) == {"files": [octets]}


@pytest.mark.parametrize("content_type", ["application/json", "multipart/form-data", ""])
def test_another_body_is_refused(content_type: str) -> None:
    with pytest.raises(Rejected):
        parts_of(content_type, b"{}")
