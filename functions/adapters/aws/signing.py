"""AWS's Signature Version 4, for requests with a fixed path, no query and a body in hand (AWS's "Signing AWS API requests")."""

from __future__ import annotations

import hashlib
import hmac
import time
from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from functions.settings import Account

_ALGORITHM = "AWS4-HMAC-SHA256"


class _Second(Struct, frozen=True):
    """What the requests of one second have in common. The hash has read it, and a request adds its own part to a copy."""

    number: int  # seconds since the epoch
    canonical: Any  # the hash of the canonical request, up to the body's digest
    key: bytes  # of the signature
    text: bytes  # to sign, up to the canonical request's digest
    head: bytes  # of the HTTP request, up to the signature


class Signer:
    """Signs the requests of one operation."""

    def __init__(self, account: Account, service: str, method: str, path: str, headers: Mapping[str, str]) -> None:
        """`headers` have names in lower case, with `host`."""
        self._account = account
        self._service = service
        self._line = method, path
        self._headers = headers
        self._second = _Second(-1, None, b"", b"", b"")

    def head(self, body: bytes, now: float) -> bytes:
        """Returns the head of the HTTP request, with its signature and its length."""
        second = self._second
        if second.number != int(now):  # another thread may make the same: either is right
            second = self._second = self._prepare(int(now))
        canonical = second.canonical.copy()
        canonical.update(hashlib.sha256(body).hexdigest().encode())
        signature = hmac.digest(second.key, second.text + canonical.hexdigest().encode(), "sha256")
        return b"%s%s\r\ncontent-length: %d\r\n\r\n" % (second.head, signature.hex().encode(), len(body))

    def _prepare(self, second: int) -> _Second:
        method, path = self._line
        moment = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(second))
        headers = {**self._headers, "x-amz-date": moment}
        if self._account.session_token:
            headers["x-amz-security-token"] = self._account.session_token
        names = sorted(headers)
        signed_names = ";".join(names)
        listed = "".join([f"{name}:{headers[name]}\n" for name in names])
        scope = f"{moment[:8]}/{self._account.region}/{self._service}/aws4_request"
        lines = "".join([f"{name}: {value}\r\n" for name, value in headers.items()])
        credential = f"Credential={self._account.access_key_id}/{scope}, SignedHeaders={signed_names}"
        return _Second(
            second,
            hashlib.sha256(f"{method}\n{path}\n\n{listed}\n{signed_names}\n".encode()),
            self._key(moment[:8]),
            f"{_ALGORITHM}\n{moment}\n{scope}\n".encode(),
            f"{method} {path} HTTP/1.1\r\n{lines}authorization: {_ALGORITHM} {credential}, Signature=".encode(),
        )

    def _key(self, day: str) -> bytes:
        key = f"AWS4{self._account.secret_access_key}".encode()
        for part in (day, self._account.region, self._service, "aws4_request"):
            key = hmac.digest(key, part.encode(), "sha256")
        return key
