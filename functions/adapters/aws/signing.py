"""AWS's Signature Version 4, for requests with a fixed path, no query and a body in hand (AWS's "Signing AWS API requests")."""

from __future__ import annotations

import functools
import hashlib
import hmac
import time
from collections.abc import Mapping

from functions.settings import Account

_ALGORITHM = "AWS4-HMAC-SHA256"


class Signer:
    """Signs for one service. The key that the signature is made with holds for a day, and is kept."""

    def __init__(self, account: Account, service: str) -> None:
        self._account = account
        self._service = service
        self._day, self._key = "", b""

    def signed(self, method: str, path: str, headers: Mapping[str, str], body: bytes, now: float) -> dict[str, str]:
        """The headers (names in lower case, with `host`) and those that prove who asks."""
        moment = _moment(int(now))
        told = {**headers, "x-amz-date": moment}
        if self._account.session_token:
            told["x-amz-security-token"] = self._account.session_token
        names = sorted(told)
        signed_names = ";".join(names)
        listed = "".join([f"{name}:{told[name]}\n" for name in names])
        asked = f"{method}\n{path}\n\n{listed}\n{signed_names}\n{hashlib.sha256(body).hexdigest()}"
        scope = f"{moment[:8]}/{self._account.region}/{self._service}/aws4_request"
        text = f"{_ALGORITHM}\n{moment}\n{scope}\n{hashlib.sha256(asked.encode()).hexdigest()}"
        signature = _hmac(self._key_of(moment[:8]), text).hex()
        told["authorization"] = (
            f"{_ALGORITHM} Credential={self._account.access_key_id}/{scope}, SignedHeaders={signed_names}, Signature={signature}"
        )
        return told

    def _key_of(self, day: str) -> bytes:
        if day != self._day:
            key = f"AWS4{self._account.secret_access_key}".encode()
            for part in (day, self._account.region, self._service, "aws4_request"):
                key = _hmac(key, part)
            # Key before day: another thread that sees the new day must find the new key.
            self._key, self._day = key, day
        return self._key


@functools.lru_cache(1)
def _moment(second: int) -> str:
    return time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(second))


def _hmac(key: bytes, text: str) -> bytes:
    return hmac.digest(key, text.encode(), "sha256")
