"""SES's checks of a message itself: its header fields, its parts' dispositions, and the names of its attachments.

Sources: "Amazon SES header fields" and "Unsupported attachment types" in SES's developer guide, and public reports of its refusals, whose
words are JavaMail's. No public report quotes the refusal of an attachment: ours has the form of "Illegal content type", which one quotes.
"""

import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Final

from infra.local import mime
from infra.local.ses import addresses
from infra.local.ses.errors import SesError, bad_request
from infra.local.ses.message import RawMessage

# To, Cc and Bcc are not in SES's list, but several of them would be several lists of recipients.
_ONCE = """
    Accept-Language acceptLanguage Archived-At Auto-Submitted Bcc Bounces-to Cc Comments Content-Alternative Content-Base Content-Class
    Content-Description Content-Disposition Content-Duration Content-ID Content-Language Content-Length Content-Location Content-MD5
    Content-Transfer-Encoding Content-Type Date Delivered-To Disposition-Notification-Options Disposition-Notification-To
    DKIM-Signature DomainKey-Signature Errors-To From Importance In-Reply-To Keywords List-Archive List-Help List-Id List-Owner
    List-Post List-Subscribe List-Unsubscribe List-Unsubscribe-Post Message-Context Message-ID MIME-Version Organization
    Original-From Original-Message-ID Original-Recipient Original-Subject Precedence Priority References Reply-To Return-Path
    Return-Receipt-To Sender Solicitation Sensitivity Subject Thread-Index Thread-Topic To User-Agent VBR-Info
"""

_REFUSED_EXTENSIONS = """
    ade adp app asp bas bat cer chm cmd com cpl crt csh der exe fxp gadget hlp hta inf ins isp its js jse ksh lib lnk mad maf mag mam
    maq mar mas mat mau mav maw mda mdb mde mdt mdw mdz msc msh msh1 msh2 mshxml msh1xml msh2xml msi msp mst ops pcd pif plg prf prg
    reg scf scr sct shb shs sys ps1 ps1xml ps2 ps2xml psc1 psc2 tmp url vb vbe vbs vps vsmacros vss vst vsw vxd ws wsc wsf wsh xnk
"""
ONCE: Final = tuple(_ONCE.split())
REFUSED_EXTENSIONS: Final = frozenset(_REFUSED_EXTENSIONS.split())

# RFC 2045's tokens, as JavaMail separates them. A comment is skipped.
_TOKEN = re.compile(
    r'\s*(?:\([^()]*\)\s*)*(?:"(?P<quoted>(?:\\.|[^"\\])*)"|(?P<atom>[^\s()<>@,;:\\"\[\]/?=]+)|(?P<special>\S))'
)


def check_header(message: RawMessage) -> None:
    """Raises SesError."""
    if not message.get("From"):
        raise bad_request("Missing required header 'From'.")
    for name in ONCE:
        if message.count(name) > 1:
            raise bad_request(f"Duplicate header '{name}'.")
    for name in ("From", "To", "Cc", "Bcc"):
        addresses.check_balance(message.get(name))
    for address in addresses.split_list(message.get("To")):
        addresses.check(address)
    _check_disposition(message.get("Content-Disposition"))


def check_parts(raw: bytes) -> None:
    """Raises SesError. An attached message is one part: SES's documents do not mention its attachments."""
    for part in mime.leaves(raw):
        _check_disposition(str(part.headers.get("Content-Disposition", "")))
        name = mime.decoded_header(part.headers.get_filename() or "").strip()
        if PurePosixPath(name).suffix.lower().removeprefix(".") in REFUSED_EXTENSIONS:
            raise bad_request(f"Illegal filename '{name}'")


def _check_disposition(value: str) -> None:
    if value and (error := next(_disposition_errors(value), None)):
        raise error


def _disposition_errors(value: str) -> Iterator[SesError]:
    """Yields the first error of `attachment; filename=a.txt` in the words of JavaMail's parser."""
    tokens = _TOKEN.finditer(value)
    first = next(tokens, None)
    if first is None or first["atom"] is None:
        yield bad_request(f"Expected disposition, got {_text(first)}")
    for separator in tokens:
        if separator["special"] != ";":
            yield bad_request(f"Expected ';', got \"{_text(separator)}\"")
        name = next(tokens, None)
        if name is None:  # a last semicolon
            return
        if name["atom"] is None:
            yield bad_request(f'Expected parameter name, got "{_text(name)}"')
        equals = next(tokens, None)
        if equals is None or equals["special"] != "=":
            yield bad_request(f"Expected '=', got \"{_text(equals)}\"")
        parameter = next(tokens, None)
        if parameter is None or parameter["special"] is not None:
            yield bad_request(f'Expected parameter value, got "{_text(parameter)}"')


def _text(token: re.Match[str] | None) -> str:
    """Returns a token as JavaMail prints it. The end of the text is `null`."""
    return "null" if token is None else next(text for text in token.groups() if text is not None)
