"""Rewrites links in HTML and inserts the pixel. Only the values of tracked `href`s change: all other text stays.

No library serves: HTML parsers (lxml, html5lib, BeautifulSoup) write the whole document again, and html.parser does not return the position
of an attribute's value.
"""

import html
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

PLACEHOLDER = "{{ses:openTracker}}"

# RFC 3986's characters, http and https only: SES leaves every other link as it is.
_TRACKABLE = re.compile(r"(?i:https?)://(?:[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2})+")
_ATTRIBUTE = re.compile(r"""(?P<name>[^\s/>][^\s/>=]*+)(?:\s*+=\s*+(?P<value>"[^"]*"|'[^']*'|[^\s>]++))?+""")

# HTML's own token grammar, as far as it decides where tags begin and end. All quantifiers are possessive and the end of the
# text closes every open token, so it is linear in any input; html.parser was not before Python's fixes of 2025.
_ATTRIBUTES = r"""
    (?:[\s/]++ | [^\s/>][^\s/>=]*+ (?:\s*+=\s*+ (?:"[^"]*+(?:"|\Z) | '[^']*+(?:'|\Z) | [^\s>"'][^\s>]*+)?+ )?+ )*+
"""
_TOKEN = re.compile(
    rf"""
      <!-- (?: -?> | .*? (?:--!?>|\Z) )
    | <(?P<raw>script|style|title|textarea) (?=[\s/>]) {_ATTRIBUTES} (?:>|\Z) .*? (?:</(?P=raw)(?=[\s/>])|\Z)
    | (?P<link><(?:a|area) (?=[\s/>]) {_ATTRIBUTES} >)
    | <[a-z][^\s/>]*+ {_ATTRIBUTES} (?:>|\Z)
    | <[/!?] [^>]*+ (?:>|\Z)
    """,
    re.IGNORECASE | re.DOTALL | re.VERBOSE,
)
_TAG_NAME = re.compile(r"<[^\s/>]+")
_BODY_END = re.compile(r"</body\s*>", re.IGNORECASE)


@dataclass(frozen=True)
class Link:
    url: str
    tags: Mapping[str, list[str]]


def rewrite_links(text: str, track: Callable[[Link], str | None]) -> str:
    """Replaces the `href` of each link by the URL that `track` returns, or leaves it unchanged for None.

    `ses:no-track` opts a link out and `ses:tags="k:v;k2:v2"` labels it; both attributes are removed.
    """
    return _TOKEN.sub(lambda token: _rewrite_tag(token[0], track) if token["link"] else token[0], text)


def place_pixel(text: str, pixel: str) -> str:
    """Inserts the pixel at the first placeholder, else at the end of the body. Removes further placeholders."""
    if PLACEHOLDER in text:
        return text.replace(PLACEHOLDER, pixel, 1).replace(PLACEHOLDER, "")
    ends = [match.start() for match in _BODY_END.finditer(text)]
    end = ends[-1] if ends else len(text)
    return text[:end] + pixel + text[end:]


def _rewrite_tag(tag: str, track: Callable[[Link], str | None]) -> str:
    attributes = _attributes(tag)
    edits = [(_with_space(match), match.end(), "") for name, match in attributes.items() if name.startswith("ses:")]
    href = attributes.get("href")
    url = html.unescape(_value(href)) if href else ""
    if href and "ses:no-track" not in attributes and _TRACKABLE.fullmatch(url):
        tracked = track(Link(url, _link_tags_of(attributes.get("ses:tags"))))
        if tracked:
            edits.append((*_value_span(href), html.escape(tracked)))
    for start, end, text in sorted(edits, reverse=True):
        tag = tag[:start] + text + tag[end:]
    return tag


def _attributes(tag: str) -> dict[str, re.Match[str]]:
    """Returns the attributes by lower-case name. If an attribute is there twice, the first counts, as in browsers."""
    name = _TAG_NAME.match(tag)
    start = name.end() if name else len(tag)
    attributes: dict[str, re.Match[str]] = {}
    for attribute in _ATTRIBUTE.finditer(tag, start, len(tag) - 1):
        attributes.setdefault(attribute["name"].lower(), attribute)
    return attributes


def _with_space(attribute: re.Match[str]) -> int:
    """Returns the start of the white space before an attribute."""
    before = attribute.string[: attribute.start()]
    return len(before.rstrip())


def _value_span(attribute: re.Match[str]) -> tuple[int, int]:
    """Returns the start and end of the value, without its quotes."""
    start, end = attribute.span("value")
    quoted = (
        end - start > 1 and attribute.string[start] in "'\"" and attribute.string[end - 1] == attribute.string[start]
    )
    return (start + 1, end - 1) if quoted else (start, end)


def _value(attribute: re.Match[str]) -> str:
    start, end = _value_span(attribute)
    return attribute.string[start:end] if attribute["value"] else ""


def _link_tags_of(attribute: re.Match[str] | None) -> dict[str, list[str]]:
    return dict(_pairs(_value(attribute))) if attribute else {}


def _pairs(text: str) -> Iterator[tuple[str, list[str]]]:
    for pair in html.unescape(text).split(";"):
        name, colon, value = pair.partition(":")
        if colon and name.strip():
            yield name.strip(), [value.strip()]
