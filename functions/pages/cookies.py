"""The console's cookies. Over https their names begin with `__Secure-`: then no page without TLS can set them."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from urllib.parse import quote, unquote

CONSOLE = "/console"  # of the first page, and above all others: the cookies are sent there only
SESSION, VISIT, NOTICE, ZONE = "staffetta", "staffetta-visit", "staffetta-notice", "staffetta-zone"
NOTICE_SECONDS = 30
VISIT_SECONDS = 3600


def read(cookies: Mapping[str, str], name: str, *, secure: bool) -> str:
    return unquote(cookies.get(_name(name, secure=secure), ""))


def write(name: str, value: str, *, secure: bool, seconds: int | None = None) -> str:
    """Returns the value of Set-Cookie. Without `seconds`, the cookie lives as long as the browser runs."""
    age = "" if seconds is None else f"; Max-Age={seconds}"
    tls = "; Secure" if secure else ""
    return f"{_name(name, secure=secure)}={quote(value, safe='')}; Path={CONSOLE}{age}; HttpOnly; SameSite=Lax{tls}"


def clear(name: str, *, secure: bool) -> str:
    return write(name, "", secure=secure, seconds=0)


def csrf_token(secret: str) -> str:
    """Returns the token of the forms of a browser that has the secret in a cookie. The stored hash of a session does not reveal it."""
    return hashlib.sha256(f"csrf:{secret}".encode()).hexdigest()


def matches(token: str, secret: str) -> bool:
    return bool(secret) and hmac.compare_digest(token.encode(), csrf_token(secret).encode())


def _name(name: str, *, secure: bool) -> str:
    return f"__Secure-{name}" if secure else name
