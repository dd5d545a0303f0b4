"""Open and click tracking: adds tracked links and a pixel to messages, and resolves their tokens."""

import html
import re
import secrets
import threading
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass

from infra.local import mime
from infra.local.ses.events import SentMail
from infra.local.ses.links import Link, place_pixel, rewrite_links

MAX_LINKS = 250
MAX_MESSAGES = 20_000

_LINK_TOKEN = re.compile(r"(?P<message>[A-Za-z0-9_-]+)\.(?P<number>[0-9]{1,3})")

# Prefetchers and scanners that identify themselves. Apple's privacy proxy calls itself just `Mozilla/5.0`.
# HTTP libraries are not here: a test suite uses them to open mail as a person would.
_MACHINE = re.compile(
    r"bot\b|crawler|spider|barracuda|mimecast|proofpoint|symantec|cloudmark|urlscan|safelinks|whatsapp"
    r"|facebookexternalhit|\AMozilla/5\.0\Z",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class TrackingOptions:
    """What to track in one message."""

    opens: bool
    clicks: bool


def is_machine(user_agent: str) -> bool:
    return _MACHINE.search(user_agent) is not None


class Tracking:
    """Tokens of the latest messages. All recipients of a message share its token, as in SES."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._messages: OrderedDict[str, tuple[SentMail, tuple[Link, ...]]] = OrderedDict()

    def apply(self, raw: bytes, mail: SentMail, options: TrackingOptions, base_url: str) -> bytes:
        """Returns the message with tracked links and a pixel, or unchanged if it has no HTML part."""
        rewriting = _Rewriting(secrets.token_urlsafe(16), base_url.rstrip("/"), options)
        tracked = rewriting.message(raw) if options.opens or options.clicks else raw
        if tracked != raw:
            self._store(rewriting.token, mail, tuple(rewriting.links))
        return tracked

    def opened(self, token: str) -> SentMail | None:
        """Returns the mail with this pixel, or None."""
        with self._lock:
            tracked = self._messages.get(token)
        return tracked[0] if tracked else None

    def clicked(self, token: str) -> tuple[SentMail, Link] | None:
        """Returns the mail and the link of a `<message token>.<number>`, or None."""
        parts = _LINK_TOKEN.fullmatch(token)
        with self._lock:
            tracked = self._messages.get(parts["message"]) if parts else None
        if parts is None or tracked is None:
            return None
        mail, links = tracked
        number = int(parts["number"])
        return (mail, links[number]) if number < len(links) else None

    def _store(self, token: str, mail: SentMail, links: tuple[Link, ...]) -> None:
        with self._lock:
            self._messages[token] = (mail, links)
            if len(self._messages) > MAX_MESSAGES:
                self._messages.popitem(last=False)


class _Rewriting:
    """Rewrites one message and numbers its links in order."""

    def __init__(self, token: str, base_url: str, options: TrackingOptions) -> None:
        self.token = token
        self.links: list[Link] = []
        self._base_url = base_url
        self._options = options

    def message(self, raw: bytes) -> bytes:
        pieces, position = [], 0
        newline = b"\r\n" if b"\r\n" in raw else b"\n"
        for part, content in self._html_parts(raw):
            pieces += [raw[position : part.start], mime.encode(content, part.encoding, newline)]
            position = part.end
        return b"".join([*pieces, raw[position:]])

    def _html_parts(self, raw: bytes) -> Iterator[tuple[mime.Part, bytes]]:
        """Yields the HTML parts that changed, with their new content. The first one gets the pixel."""
        pixel = self._options.opens
        for part in (leaf for leaf in mime.parts(raw) if leaf.is_html):
            content = mime.decode(raw[part.start : part.end], part.encoding)
            if content is None:
                continue
            rewritten = self._content(content, part.charset, pixel=pixel)
            pixel = False
            if rewritten != content:
                yield part, rewritten

    def _content(self, content: bytes, charset: str, *, pixel: bool) -> bytes:
        codec = _faithful_codec(content, charset)
        text = content.decode(codec)
        if self._options.clicks:
            text = rewrite_links(text, self._track)
        if pixel:
            text = place_pixel(text, self._pixel())
        return text.encode(codec)

    def _track(self, link: Link) -> str | None:
        if len(self.links) == MAX_LINKS:
            return None
        self.links.append(link)
        return f"{self._base_url}/CL0/{self.token}.{len(self.links) - 1}"

    def _pixel(self) -> str:
        url = html.escape(f"{self._base_url}/OP0/{self.token}")
        return f'<img alt="" src="{url}" style="display:none; width:1px; height:1px;">'


def _faithful_codec(content: bytes, charset: str) -> str:
    """Returns the declared charset if it restores every byte, else Latin-1: the markup that we change is ASCII."""
    try:
        faithful = content.decode(charset).encode(charset) == content
    except (ValueError, LookupError):
        faithful = False
    return charset if faithful else "latin-1"
