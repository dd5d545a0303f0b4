"""Attachments and inline images, checked before a send is accepted.

The limits are SES's (`Attachment` of its API, and "Unsupported attachment types" of its developer guide) except the sizes. A content
stays base64 from the request to the mail: it is checked once and never decoded and encoded again. A file that is too large for a
request is uploaded first, and the request has its id.
"""

from __future__ import annotations

import binascii
import re

from msgspec import Struct

COUNT_MAX = 100  # SES takes 500 MIME parts
NAME_MAX, TYPE_MAX, ID_MAX = 255, 78, 78  # characters
# Decoded bytes of all attachments in a request. Lambda takes 6 MiB; 6,000,000 characters of base64 leave room for the other fields.
IN_REQUEST_MAX = 4_500_000
# Decoded bytes of all attachments of one mail, uploads included. SES takes 40 MB of mail, and slows down mail over 10 MB.
TOTAL_MAX = 10_000_000
FILE_MAX = 500_000_000  # bytes of an uploaded CSV file: several million lines

# Every send imports this module, and few have files: `re` compiles a pattern at its first use, and caches it.
_UNSHOWN = (
    r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"  # control characters, line ends, direction marks
)
_REFUSED_BY_SES = str.maketrans(dict.fromkeys(':?<>|*"', "_"))  # reported: govuk-forms/forms-runner#1594
_TOKEN = r"[A-Za-z0-9!#$&^_.+-]+"  # noqa: S105 - RFC 2045's token, not a secret
_TYPE = rf"(?P<type>{_TOKEN})/(?P<subtype>{_TOKEN})(?P<parameters>(?:; ?{_TOKEN}=(?:{_TOKEN}|\"[ -!#-\[\]-~]*\"))*)"
_OURS = r"(?i:; ?(?:name|filename|boundary|type)\*?=)"
_UPLOAD_ID = r"[0-9a-f-]{36}"
_CONTENT_ID = r"[A-Za-z0-9!#$&'*+/=?^_`{|}~.@-]+"
_BLOCKED_BY_SES = """ade adp app asp bas bat cer chm cmd com cpl crt csh der exe fxp gadget hlp hta inf ins isp its js jse ksh lib lnk
    mad maf mag mam maq mar mas mat mau mav maw mda mdb mde mdt mdw mdz msc msh msh1 msh2 mshxml msh1xml msh2xml msi msp
    mst ops pcd pif plg prf prg reg scf scr sct shb shs sys ps1 ps1xml ps2 ps2xml psc1 psc2 tmp url vb vbe vbs vps
    vsmacros vss vst vsw vxd ws wsc wsf wsh xnk"""
_UNSUPPORTED = frozenset(_BLOCKED_BY_SES.split())


class Upload(Struct, frozen=True):
    """A file that a caller uploaded, and its properties when a send named it."""

    id: str
    size: int = 0  # bytes
    version: str = ""  # another version has other octets
    at: str = ""


class Attachment(Struct, frozen=True, kw_only=True):
    """One file. If it has a content id, the HTML shows it: `<img src="cid:...">`."""

    filename: str
    content_type: str
    content: str = ""  # base64 in one line, padded; empty for an upload until deliver fetches it
    content_id: str = ""
    upload: Upload | None = None

    @property
    def size(self) -> int:
        """The number of decoded bytes."""
        if self.upload:
            return self.upload.size
        return len(self.content) // 4 * 3 - self.content[-2:].count("=")


def filename(text: str) -> str:
    """Returns the name without spaces around it, and with `_` for characters that SES is reported to refuse: the mail matters more than
    the name. Raises ValueError with the reason.
    """
    text = text.strip().translate(_REFUSED_BY_SES)
    if not text or len(text) > NAME_MAX:
        raise ValueError(f"must have 1 to {NAME_MAX} characters")
    if re.search(_UNSHOWN, text):
        raise ValueError("must not contain line breaks or other control characters")
    if "/" in text or "\\" in text:
        raise ValueError("must be a plain name, without folders")
    extension = text.rstrip(". ").rpartition(".")[2].lower()
    if "." in text and extension in _UNSUPPORTED:
        raise ValueError(f"ends in .{extension}, a type of file that SES does not send")
    return text


def content_type(text: str) -> str:
    """'application/pdf', 'text/calendar; method=REQUEST'. Raises ValueError with the reason."""
    match = re.fullmatch(_TYPE, text[: TYPE_MAX + 1])
    if not match or len(text) > TYPE_MAX:
        raise ValueError(f"must be a media type like application/pdf of at most {TYPE_MAX} characters")
    if match["type"].lower() in {"multipart", "message"}:
        raise ValueError(
            f"must not be {match['type']}/*, which cannot be written as base64: use application/octet-stream"
        )
    if re.search(_OURS, match["parameters"]):
        raise ValueError("must not have a name, filename, boundary or type parameter: Staffetta writes them")
    return text


def content(text: str) -> str:
    """Returns base64 in one line from base64 that may be folded. Raises ValueError with the reason."""
    joined = "".join(text.split())
    if not joined:
        raise ValueError("is empty")
    try:
        binascii.a2b_base64(joined, strict_mode=True)
    except ValueError as error:  # binascii.Error, or ValueError if it is not ASCII
        raise ValueError(f"is not base64: {error}") from error
    return joined


def upload_id(text: str) -> str:
    """Raises ValueError with the reason."""
    if not re.fullmatch(_UPLOAD_ID, text):
        raise ValueError("must be the id of an upload, as POST /staffetta/v1/uploads returned it")
    return text


def content_id(text: str) -> str:
    """Returns the id of an inline image without the brackets of its header. Raises ValueError with the reason."""
    bare = text[1:-1] if text.startswith("<") and text.endswith(">") else text
    if not re.fullmatch(_CONTENT_ID, bare) or len(bare) > ID_MAX:
        raise ValueError(
            f"must have 1 to {ID_MAX} letters, digits or any of !#$&'*+/=?^_`{{|}}~.@- as in its cid: link"
        )
    return bare
