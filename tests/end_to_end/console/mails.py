"""What people of the console get by mail, and by their phones."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from re import search

import pyotp

from tests.end_to_end.service import Service

STEP_SECONDS = 30


@dataclass
class Authenticator:
    """An app on a phone: a code works once."""

    secret: str
    _used: set[int] = field(default_factory=set)

    def code(self) -> str:
        step = max([int(time.time()) // STEP_SECONDS, *(one + 1 for one in self._used)])
        self._used.add(step)
        return pyotp.TOTP(self.secret).at(step * STEP_SECONDS)


def link_mailed(service: Service, address: str) -> str:
    """Returns the path of the link in the latest mail to the address."""
    service.settle()
    mail = service.mails(f"to:{address}")[0]
    text: str = service.mailbox.get(f"/api/v1/message/{mail['ID']}").json()["Text"]
    match = search(r"/console/password/new\?key=[\w-]+", text)
    assert match, text
    return match[0]
