"""Compiles an author's source: MJML → HTML, then edits of the HTML, and a text part.

HTML is edited at offsets and not rewritten. So everything that no edit names arrives octet for octet: the edits are inlined
declarations, the preview text, and the marks of links.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from functions.core.emails.email import TemplateSyntax
from functions.core.errors import FieldError, Rejected
from functions.core.templates import markup
from functions.core.templates.html import click_tracking, direction, elements, inlining, preview_text
from functions.core.templates.html.edits import Edits
from functions.core.templates.html.elements import Document
from functions.core.templates.html.inlining import StayedRule, TooMuchStyleError
from functions.core.templates.html.masking import Masked
from functions.core.templates.html.plain_text import plain_text
from functions.core.templates.mjml import compiler
from functions.core.templates.source_map import MappedText

_REASONS = {
    "template": "{selector!r} stays in <style>: Jinja2 decides which elements it matches",
    "attribute": "{selector!r} stays in <style>: Jinja2 decides about the style attribute of an element that it matches",
    "override": "{selector!r} stays in <style>: a rule that stays there may override it, {other!r}",
    "statement": "this style sheet is not inlined: it has Jinja2 statements",
}


class Body(Struct, frozen=True):
    html: str
    text: str  # derived from the HTML
    warnings: tuple[FieldError, ...] = ()  # rules that are not inlined, and attributes without effect


def compiled(source: MappedText, syntax: TemplateSyntax, preview: MappedText, language: str = "") -> Body:
    """`language` is the email's. Raises Rejected if MJML is not well formed or has Jinja2 in a place where it would be lost, and if the source is too large."""
    is_mjml = syntax is TemplateSyntax.MJML
    right_to_left = direction.needs_right_to_left(Masked.of(source), language)
    whole = compiler.to_html(source, right_to_left=right_to_left) if is_mjml else source
    masked = Masked.of(whole)
    _check_size(whole, masked, source)
    edits = Edits()
    document = elements.read(masked)
    warnings = compiler.warnings(source) if is_mjml else ()
    stayed = list(_inlined(document, edits, source if is_mjml else whole))
    if right_to_left and not is_mjml:
        direction.set_right_to_left(document, edits)
    click_tracking.mark_links(document, edits)
    preview_text.insert_preview(document, Masked.of(preview), edits)
    html = edits.applied(masked.text)
    return Body(html, plain_text(Masked.of(MappedText.of("", html))), (*warnings, *stayed))


def _check_size(whole: MappedText, masked: Masked, source: MappedText) -> None:
    """Raises Rejected in the author's source, which is not the compiled MJML."""
    try:
        markup.check_size(whole, masked.mask)
    except Rejected as error:
        raise error if whole is source else source.rejected(0, error.errors[0].message) from error


def _inlined(document: Document, edits: Edits, source: MappedText) -> Iterator[FieldError]:
    """Yields the rules that stay in their sheet, at their place in the author's source."""
    try:
        stayed = inlining.inline(document, edits)
    except TooMuchStyleError as error:
        at = source.text.find("<style")
        raise source.rejected(max(at, 0), "has too many CSS rules for so many elements") from error
    for rule in stayed:
        yield _placed(rule, document.masked.text, source)


def _placed(rule: StayedRule, html: str, source: MappedText) -> FieldError:
    """MJML's compiler moves a rule, so its selector is searched for there."""
    selector = html[rule.start : html.find("{", rule.start)].strip()
    same = source.text.startswith(selector, rule.start)
    at = rule.start if same else source.text.find(selector)
    return source.error(max(at, 0), _REASONS[rule.reason].format(selector=selector, other=rule.other), "NOT_INLINED")
