"""Compiles an author's source: MJML → HTML with inlined CSS, and a text part. Its Jinja2 stays unchanged.

MJML is XML and the inliner reads HTML5: both would repair Jinja2 between the tags (`{% if a < b %}`, a loop around table rows).
So a placeholder replaces every piece of Jinja2 first, and the piece is restored last.
"""

from __future__ import annotations

import html as characters
import re

import css_inline
import mrml
from msgspec import Struct

from functions.core.emails.email import TemplateSyntax
from functions.core.templates.html import click_tracking, markup, mjml
from functions.core.templates.html.plain_text import plain_text
from functions.core.templates.reading import Piece, pieces
from functions.core.templates.source_map import MappedText, Segment

_PLACEHOLDER = re.compile(r"(?:<!--)?jinja-(\d+)-piece(?:-->)?")
_POSITION = re.compile(r" in root template(?: at position (\d+):\d+)?")
_AS_ATTRIBUTE = re.compile(r'(jinja-\d+-piece)=""')  # a placeholder among the attributes of a tag
_INLINER = css_inline.CSSInliner(keep_style_tags=True, load_remote_stylesheets=False)
_BODY = re.compile(r"<body\b")

# No client shows it in the mail, and all read it. After the preview, characters without width fill the inbox's line.
_PREHEADER = '<div style="display:none;max-height:0;overflow:hidden;mso-hide:all">{preview}{filling}</div>'
_FILLING = "&#847;&zwnj;&nbsp;" * 60


class Body(Struct, frozen=True):
    html: str
    text: str  # derived from the HTML


def compiled(source: MappedText, syntax: TemplateSyntax, preview: MappedText) -> Body:
    """Raises Rejected if the source is not well formed, or has Jinja2 in a place where it would be lost."""
    masked = _masked(source)
    masked_preview = _masked(preview, first=len(masked.texts))
    markup.check_size(masked.text)
    html = _html_of_mjml(masked.text) if syntax is TemplateSyntax.MJML else masked.text.text
    html = _inlined(_commented(html), masked.text)
    html = click_tracking.mark_untracked(html)
    html = _with_preview(html, characters.escape(masked_preview.text.text))
    _check_complete(html, masked)
    stored = [*masked.texts, *masked_preview.texts]

    def restored(text: str) -> str:
        return _PLACEHOLDER.sub(lambda match: stored[int(match[1])], text)

    html = click_tracking.with_link_patterns(html, lambda text: bool(_PLACEHOLDER.search(text)), restored)
    return Body(restored(html), restored(plain_text(html, _PLACEHOLDER, restored)))


class _Masked(Struct, frozen=True):
    text: MappedText
    source: MappedText
    pieces: list[Piece]
    texts: list[str]  # of the pieces


def _masked(source: MappedText, first: int = 0) -> _Masked:
    if taken := _PLACEHOLDER.search(source.text):
        raise source.rejected(
            taken.start(), f"{taken[0]!r} is reserved as a placeholder for Jinja2: write it another way"
        )
    jinja, texts, at = pieces(source), list[MappedText](), 0
    for number, piece in enumerate(jinja, first):
        origin = source.cut(piece.start, piece.end).parts[0]
        mask = Segment(f"jinja-{number}-piece", origin.source, origin.offset)
        texts += [source.cut(at, piece.start), MappedText((mask,))]
        at = piece.end
    rest = source.cut(at, len(source.text))
    text = MappedText.joined([*texts, rest]) if source.text else source
    return _Masked(text, source, jinja, [source.text[piece.start : piece.end] for piece in jinja])


def _html_of_mjml(source: MappedText) -> str:
    mjml.check(source)
    try:
        return str(mrml.to_html(click_tracking.marked(source.text)).content)
    except OSError as error:
        match = _POSITION.search(str(error))
        octets = int(match[1]) if match and match[1] else 0
        offset = len(source.text.encode()[:octets].decode(errors="ignore"))
        raise source.rejected(offset, f"is not MJML: {_POSITION.sub('', str(error))}") from error


def _inlined(html: str, source: MappedText) -> str:
    try:
        return _AS_ATTRIBUTE.sub(r"\1", _INLINER.inline(html))
    except (OSError, ValueError, css_inline.InlineError) as error:
        raise source.rejected(0, f"has CSS that cannot be inlined: {error}") from error


def _commented(html: str) -> str:
    """Turns placeholders between tags into comments: HTML5 moves loose text out of a table, but never a comment."""
    written, raw = [], False
    for span in markup.spans(html):
        text = html[span.start : span.end]
        written.append(_PLACEHOLDER.sub(r"<!--\g<0>-->", text) if span.kind == "text" and not raw else text)
        raw = span.kind == "open" and span.name in {"style", "title", "script", "textarea"}
    return "".join(written)


def _with_preview(html: str, preview: str) -> str:
    body = _BODY.search(html)
    tag = next(markup.spans(html[body.start() :]), None) if body else None
    if not preview.strip() or not body or not tag:
        return html
    at = body.start() + tag.end
    return html[:at] + _PREHEADER.format(preview=preview, filling=_FILLING) + html[at:]


def preview_of(html: str) -> str:
    """Returns the preview text of rendered HTML, which an inbox shows after the subject. Returns an empty text without one."""
    _, _, rest = html.partition(_PREHEADER.partition("{preview}")[0])
    preview, filling, _ = rest.partition(_FILLING)
    return characters.unescape(preview) if filling else ""


def _check_complete(html: str, masked: _Masked) -> None:
    present = {int(number) for number in _PLACEHOLDER.findall(html)}
    for number, piece in enumerate(masked.pieces):
        if number not in present and piece.kind != "comment_begin":
            raise masked.source.rejected(
                piece.start, "is in a place where the compiler drops text: put it between elements, or in <mj-raw>"
            )
