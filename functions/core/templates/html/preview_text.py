"""The preview text, which an inbox shows after the subject: a hidden element at the beginning of the body."""

from __future__ import annotations

import html as characters

from functions.core.templates.html.edits import Edits
from functions.core.templates.html.elements import Document
from functions.core.templates.html.masking import Masked

# No client shows it in the mail, and all read it. After the preview, characters without width fill the inbox's line.
_PREHEADER = '<div style="display:none;max-height:0;overflow:hidden;mso-hide:all">{preview}{filling}</div>'
_FILLING = "&#847;&zwnj;&nbsp;" * 60


def insert_preview(document: Document, preview: Masked, edits: Edits) -> None:
    """Adds it behind each body tag: only one of those in branches is rendered. A fragment has it first."""
    text = preview.outside(0, len(preview.text), characters.escape)
    if not text.strip():
        return
    bodies = [element for element in document.elements if element.name == "body" and element.kind == "written"]
    places = [body.end for body in bodies if body is bodies[0] or body.conditional] or [_beginning(document)]
    for place in places:
        edits.insert(place, _PREHEADER.format(preview=text, filling=_FILLING))


def _beginning(document: Document) -> int:
    """Returns the offset behind the head, the html tag or the doctype, of which the last counts."""
    mask = document.masked.mask
    frame = [
        span.end
        for span in document.spans
        if (span.name == "html" and span.kind == "open")
        or (span.name == "head" and span.kind == "close")
        or mask[span.start : span.end].lower().startswith("<!doctype")
    ]
    return max(frame, default=0)


def preview_of(html: str) -> str:
    """Returns the preview text of rendered HTML. Returns an empty text without one."""
    _, _, rest = html.partition(_PREHEADER.partition("{preview}")[0])
    preview, filling, _ = rest.partition(_FILLING)
    return characters.unescape(preview) if filling else ""
