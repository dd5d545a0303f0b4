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
    """Signs requests to one service. The signing key is valid for a day, and is cached."""

    def __init__(self, account: Account, service: str) -> None:
        self._account = account
        self._service = service
        self._day, self._key = "", b""

    def signed(self, method: str, path: str, headers: Mapping[str, str], body: bytes, now: float) -> dict[str, str]:
        """Returns the headers (names in lower case, with `host`) and the headers of the signature."""
        moment = _moment(int(now))
        all_headers = {**headers, "x-amz-date": moment}
        if self._account.session_token:
            all_headers["x-amz-security-token"] = self._account.session_token
        names = sorted(all_headers)
        signed_names = ";".join(names)
        listed = "".join([f"{name}:{all_headers[name]}\n" for name in names])
        canonical = f"{method}\n{path}\n\n{listed}\n{signed_names}\n{hashlib.sha256(body).hexdigest()}"
        scope = f"{moment[:8]}/{self._account.region}/{self._service}/aws4_request"
        text = f"{_ALGORITHM}\n{moment}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
        signature = _hmac(self._key_of(moment[:8]), text).hex()
        all_headers["authorization"] = (
            f"{_ALGORITHM} Credential={self._account.access_key_id}/{scope}, SignedHeaders={signed_names}, Signature={signature}"
        )
        return all_headers

    def _key_of(self, day: str) -> bytes:
        if day != self._day:
            key = f"AWS4{self._account.secret_access_key}".encode()
            for part in (day, self._account.region, self._service, "aws4_request"):
                key = _hmac(key, part)
            # Key before day: a thread that reads the new day must read the new key.
            self._key, self._day = key, day
        return self._key


@functools.lru_cache(1)
def _moment(second: int) -> str:
    return time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(second))


def _hmac(key: bytes, text: str) -> bytes:
    return hmac.digest(key, text.encode(), "sha256")
