"""The parts of a multipart/form-data body, as browsers and HubSpot's clients send a file.

A form is flat (RFC 7578), so a part is its headers and octets. Python's parser of mail takes minutes for a body of many small parts,
and every visitor may send a form.
"""

from __future__ import annotations

import re

from functions.core.errors import FieldError, Rejected

PARTS_MAX = 300  # a form has a field for each column of a file
MULTIPART = "multipart/form-data"
_PARAMETER = re.compile(r';\s*([\w*-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;"]*))')
_FOLD = re.compile(r"\r\n[ \t]+")  # a header goes on in the next line
_HEAD_MAX = 8192  # octets of a part's headers


def parts_of(content_type: str, body: bytes) -> dict[str, list[bytes]]:
    """Returns the contents of each field. Raises Rejected if the body is anything else."""
    if not content_type.lower().startswith(MULTIPART):
        raise _rejected("must be multipart/form-data, with importRequest and files")
    boundary = _parameters(content_type).get("boundary", "")
    # The line end before a boundary is part of it. The first boundary has none.
    _, *parts = (b"\r\n" + body).split(f"\r\n--{boundary}".encode(), PARTS_MAX + 2)
    if not boundary or not parts:
        raise _rejected("has no parts: check the boundary of its Content-Type")
    if len(parts) > PARTS_MAX + 1:
        raise _rejected(f"has more than {PARTS_MAX} parts")
    contents: dict[str, list[bytes]] = {}
    for part in parts:
        if part.startswith(b"--"):  # the end
            break
        head, end, octets = part.partition(b"\r\n\r\n")
        if not end:
            raise _rejected("has a part without an empty line after its headers: every line ends with CR and LF")
        if (name := _name(head)) is not None:
            contents.setdefault(name, []).append(octets)
    return contents


def _name(head: bytes) -> str | None:
    """Returns the field's name, or None for a part without one."""
    unfolded = _FOLD.sub(" ", head[:_HEAD_MAX].decode("utf-8", "replace"))
    for line in unfolded.split("\r\n"):
        header, _, value = line.partition(":")
        if header.strip().lower() == "content-disposition":
            return _parameters(value).get("name")
    return None


def _parameters(value: str) -> dict[str, str]:
    """`form-data; name="files"; filename="a; b.csv"` → the parameters, by name. A quoted one may have a semicolon."""
    return {match[1].lower(): match[3] or _unescaped(match[2] or "") for match in _PARAMETER.finditer(value)}


def _unescaped(quoted: str) -> str:
    return re.sub(r"\\(.)", r"\1", quoted)


def _rejected(message: str) -> Rejected:
    return Rejected([FieldError("body", message, "INVALID_BODY")])
