"""A browser without scripts, on the console's own handler: keeps cookies, follows redirects, and fills in forms."""

from __future__ import annotations

import html
import itertools
import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

from functions import console
from tests.support.events import CONTEXT

REDIRECTS_MAX = 5
_hosts = itertools.count(1)


@dataclass(frozen=True)
class Answer:
    path: str
    status: int
    headers: dict[str, str]
    cookies: list[str]
    html: str

    @property
    def text(self) -> str:
        """What a reader sees."""
        visible = re.sub(r"<(script|style|head)\b.*?</\1>", " ", self.html, flags=re.DOTALL)
        return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", visible))).strip()

    @property
    def csrf(self) -> str:
        """The token of the page's first form; empty without one."""
        match = re.search(r'name="csrf" value="([0-9a-f]+)"', self.html)
        return match[1] if match else ""


@dataclass
class Browser:
    cookies: dict[str, str] = field(default_factory=dict)
    language: str = "en"
    source: str = field(default_factory=lambda: f"198.51.100.{next(_hosts)}")  # attempts to sign in are limited by it

    def get(self, url: str, **headers: str) -> Answer:
        """Follows redirects."""
        answer = self.send("GET", url, **headers)
        for _ in range(REDIRECTS_MAX):
            if "location" not in answer.headers:
                break
            answer = self.send("GET", answer.headers["location"], **headers)
        return answer

    def submit(self, url: str, /, *, page: str = "", **fields: Any) -> Answer:
        """Loads the page of the form (the same path, if none is named), posts the fields with its token, and follows the redirect."""
        token = self.get(page or url).csrf
        answer = self.post(url, csrf=token, **fields)
        return self.get(answer.headers["location"]) if "location" in answer.headers else answer

    def post(self, url: str, /, **fields: Any) -> Answer:
        """Posts exactly these fields, and follows nothing."""
        return self.send("POST", url, urlencode(fields, doseq=True))

    def send(self, method: str, url: str, body: str = "", **headers: str) -> Answer:
        parts = urlsplit(url)
        path = parts.path
        decoded = unquote(path)
        rest = decoded.removeprefix("/console/")
        event: dict[str, Any] = {
            "version": "2.0",
            "routeKey": "ANY /console/{proxy+}",
            "rawPath": decoded.partition("?")[0],
            "pathParameters": {"proxy": rest},
            "headers": {
                "content-type": "application/x-www-form-urlencoded",
                "accept-language": self.language,
                **{name.replace("_", "-"): value for name, value in headers.items()},
            },
            "queryStringParameters": dict(parse_qsl(parts.query, keep_blank_values=True)),
            "cookies": [f"{name}={value}" for name, value in self.cookies.items()],
            "requestContext": {"http": {"method": method, "path": path, "sourceIp": self.source}},
            "isBase64Encoded": False,
            "body": body,
        }
        response = console.handler(event, CONTEXT)
        self._store(response.get("cookies", []))
        return Answer(path, response["statusCode"], response["headers"], response.get("cookies", []), response["body"])

    def _store(self, set_cookies: list[str]) -> None:
        for cookie in set_cookies:
            name, _, value = cookie.partition(";")[0].partition("=")
            if "Max-Age=0" in cookie:
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = value
