"""Open and click tracking: which messages get links and a pixel, and what each token stands for."""

import html
import re
import secrets
import threading
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass

from infra.local import mime
from infra.local.ses.events import Mail
from infra.local.ses.links import Link, place_pixel, rewrite_links

MAX_LINKS = 250
MAX_MESSAGES = 20_000

_LINK_TOKEN = re.compile(r"(?P<message>[A-Za-z0-9_-]+)\.(?P<number>[0-9]{1,3})")

# Prefetchers and scanners that say who they are; Apple's privacy proxy calls itself just `Mozilla/5.0`.
# HTTP libraries are left out: a test suite opens mail with them in the place of a person.
_MACHINE = re.compile(
    r"bot\b|crawler|spider|barracuda|mimecast|proofpoint|symantec|cloudmark|urlscan|safelinks|whatsapp"
    r"|facebookexternalhit|\AMozilla/5\.0\Z",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Wanted:
    """What to track in one message."""

    opens: bool
    clicks: bool


def is_machine(user_agent: str) -> bool:
    return _MACHINE.search(user_agent) is not None


class Tracking:
    """Tokens of the latest messages. A message has one token whatever its recipients, so those share it, as in SES."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._messages: OrderedDict[str, tuple[Mail, tuple[Link, ...]]] = OrderedDict()

    def apply(self, raw: bytes, mail: Mail, wanted: Wanted, base_url: str) -> bytes:
        """The message with tracked links and a pixel; as it is when it has no HTML part."""
        rewriting = _Rewriting(secrets.token_urlsafe(16), base_url.rstrip("/"), wanted)
        tracked = rewriting.message(raw) if wanted.opens or wanted.clicks else raw
        if tracked != raw:
            self._remember(rewriting.token, mail, tuple(rewriting.links))
        return tracked

    def opened(self, token: str) -> Mail | None:
        """The mail whose pixel this is."""
        with self._lock:
            found = self._messages.get(token)
        return found[0] if found else None

    def clicked(self, token: str) -> tuple[Mail, Link] | None:
        """The mail and the link of a `<message token>.<number>`."""
        parts = _LINK_TOKEN.fullmatch(token)
        with self._lock:
            found = self._messages.get(parts["message"]) if parts else None
        if parts is None or found is None:
            return None
        mail, links = found
        number = int(parts["number"])
        return (mail, links[number]) if number < len(links) else None

    def _remember(self, token: str, mail: Mail, links: tuple[Link, ...]) -> None:
        with self._lock:
            self._messages[token] = (mail, links)
            if len(self._messages) > MAX_MESSAGES:
                self._messages.popitem(last=False)


class _Rewriting:
    """One message being rewritten: numbers its links as they come."""

    def __init__(self, token: str, base_url: str, wanted: Wanted) -> None:
        self.token = token
        self.links: list[Link] = []
        self._base_url = base_url
        self._wanted = wanted

    def message(self, raw: bytes) -> bytes:
        pieces, position = [], 0
        newline = b"\r\n" if b"\r\n" in raw else b"\n"
        for part, content in self._html_parts(raw):
            pieces += [raw[position : part.start], mime.encode(content, part.encoding, newline)]
            position = part.end
        return b"".join([*pieces, raw[position:]])

    def _html_parts(self, raw: bytes) -> Iterator[tuple[mime.Part, bytes]]:
        """HTML parts that changed, with their new content. The first one gets the pixel."""
        pixel = self._wanted.opens
        for part in (leaf for leaf in mime.leaves(raw) if leaf.is_html):
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
        if self._wanted.clicks:
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
    """The declared charset if it gives every byte back, else Latin-1: markup is ASCII in all that matters."""
    try:
        faithful = content.decode(charset).encode(charset) == content
    except (ValueError, LookupError):
        faithful = False
    return charset if faithful else "latin-1"
