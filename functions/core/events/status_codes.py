"""Enhanced mail system status codes (RFC 3463 and IANA's registry) in plain words."""

from __future__ import annotations

import re

_CODE = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])")

# By subject and detail. The class only shows whether it is temporary or permanent.
_MEANING = {
    (1, 0): "something is wrong with the address",
    (1, 1): "the mailbox does not exist",
    (1, 2): "the mail domain does not exist",
    (1, 3): "the address has a syntax error",
    (1, 4): "the address is ambiguous",
    (1, 6): "the mailbox has moved without a new address",
    (1, 10): "the domain accepts no mail",
    (2, 0): "something is wrong with the mailbox",
    (2, 1): "the mailbox is switched off",
    (2, 2): "the mailbox is full",
    (2, 3): "the mail is too large for the mailbox",
    (2, 4): "the mailing list at this address cannot be expanded",
    (3, 0): "the recipient's mail server has an internal problem",
    (3, 1): "the recipient's mail server is out of space",
    (3, 2): "the recipient's mail server accepts no mail just now",
    (3, 4): "the mail is too large for the recipient's mail server",
    (4, 0): "the way to the recipient's mail server has a problem",
    (4, 1): "the recipient's mail server does not answer",
    (4, 2): "the connection to the recipient's mail server broke",
    (4, 3): "the domain's DNS entries could not be looked up",
    (4, 4): "the recipient's mail server is unreachable",
    (4, 5): "the recipient's mail server is overloaded",
    (4, 6): "the mail went round in circles between mail servers",
    (4, 7): "the mail could not be delivered in time",
    (5, 0): "the mail servers had a protocol error",
    (6, 0): "something is wrong with the mail's content",
    (7, 0): "the recipient's mail server refuses it by its rules",
    (7, 1): "the recipient's mail server refuses mail from this sender",
    (7, 20): "the mail's DKIM signature was missing",
    (7, 23): "the sender's SPF record did not allow the mail",
    (7, 25): "the sending address has no reverse DNS entry",
    (7, 26): "the mail failed the recipient's authentication checks (SPF, DKIM)",
    (7, 28): "too much mail came from this sender at once",
}
_SUBJECTS = {
    1: "something is wrong with the address",
    2: "something is wrong with the mailbox",
    3: "the recipient's mail server has an internal problem",
    4: "the way to the recipient's mail server has a problem",
    5: "the mail servers had a protocol error",
    6: "something is wrong with the mail's content",
    7: "the recipient's mail server refuses it by its rules",
}


def is_temporary(*texts: object) -> bool:
    """Returns whether the first status code in the texts is of class 4."""
    return next((match[1] == "4" for text in texts if (match := _CODE.search(str(text or "")))), False)


def meaning(*texts: object) -> str | None:
    """Explains the first status code in the texts (a status, or a server's response with one). Returns None for no code, or an unknown one."""
    for text in texts:
        if match := _CODE.search(str(text or "")):
            subject, detail = int(match[2]), int(match[3])
            return _MEANING.get((subject, detail)) or _SUBJECTS.get(subject)
    return None
