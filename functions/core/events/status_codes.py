"""Enhanced mail system status codes (RFC 3463, and IANA's registry of them) in words for people who never read an RFC."""

from __future__ import annotations

import re

_CODE = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])")

# By subject and detail; the class only says whether it is for now or for good.
_MEANING = {
    (1, 0): "something is wrong with the address",
    (1, 1): "there is no such mailbox",
    (1, 2): "there is no such mail domain",
    (1, 3): "the address is not written as addresses are",
    (1, 4): "the address could be several mailboxes",
    (1, 6): "the mailbox has moved, and nobody knows where to",
    (1, 10): "the domain takes no mail at all",
    (2, 0): "something is wrong with the mailbox",
    (2, 1): "the mailbox is switched off",
    (2, 2): "the mailbox is full",
    (2, 3): "the mail is larger than the mailbox takes",
    (2, 4): "the mailing list at this address cannot be expanded",
    (3, 0): "the recipient's mail server has a problem of its own",
    (3, 1): "the recipient's mail server is out of space",
    (3, 2): "the recipient's mail server takes no mail just now",
    (3, 4): "the mail is larger than the recipient's mail server takes",
    (4, 0): "the way to the recipient's mail server has a problem",
    (4, 1): "the recipient's mail server does not answer",
    (4, 2): "the connection to the recipient's mail server broke",
    (4, 3): "the domain's DNS entries could not be looked up",
    (4, 4): "there is no way to the recipient's mail server",
    (4, 5): "the recipient's mail server is overloaded",
    (4, 6): "the mail went round in circles between mail servers",
    (4, 7): "the mail could not be delivered in all the time there was for it",
    (5, 0): "the mail servers did not understand each other",
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
    3: "the recipient's mail server has a problem of its own",
    4: "the way to the recipient's mail server has a problem",
    5: "the mail servers did not understand each other",
    6: "something is wrong with the mail's content",
    7: "the recipient's mail server refuses it by its rules",
}


def meaning(*texts: object) -> str | None:
    """Of the first code in the texts (a status, or a server's answer with one in it); None where there is none that says anything."""
    for text in texts:
        if match := _CODE.search(str(text or "")):
            subject, detail = int(match[2]), int(match[3])
            return _MEANING.get((subject, detail)) or _SUBJECTS.get(subject)
    return None
