"""Edit the blocks of an email's source: what a visual editor shows, and what each of its changes makes of the source. Nothing is stored."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from msgspec import Struct

from functions.core.emails.email import SampleData, TemplateSyntax
from functions.core.errors import Rejected
from functions.core.templates import layouts
from functions.core.templates.blocks import requests, tree
from functions.core.templates.blocks.operations import Editing
from functions.core.templates.blocks.view import DocumentView, ViewOptions, view_of
from functions.core.templates.layouts import Find
from functions.core.templates.site_settings import MAP
from functions.core.templates.source_map import MappedText

LAYOUTS_MAX = 20  # of which each extends the next


class EditedBlocks(Struct, frozen=True):
    body: str
    path: str  # of the block that the change was about
    view: DocumentView


class BlockEditor(Struct, frozen=True):
    partial: Find
    site_settings: Callable[[], Mapping[str, str]]

    def __call__(
        self,
        body: str,
        syntax: TemplateSyntax,
        sample: SampleData,
        *,
        request: str = "",
        original: str | None = None,
    ) -> EditedBlocks:
        """Applies a change, if there is one. `original` is the body in the email's own language. Raises Rejected."""
        editing = self.editing(body, syntax)
        changed = requests.read(request).apply(editing) if request else None
        if changed:
            editing = self.editing(changed.source, syntax)
        options = ViewOptions(
            self._values(sample),
            self._styled(editing.source) if syntax is TemplateSyntax.MJML else "",
            self.editing(original, syntax) if original is not None else None,
        )
        return EditedBlocks(editing.source, changed.path if changed else "", view_of(editing, options))

    def editing(self, body: str, syntax: TemplateSyntax) -> Editing:
        """HTML is one locked block: only MJML has blocks."""
        return Editing(body, self._levels(body)) if syntax is TemplateSyntax.MJML else Editing.locked(body)

    def _levels(self, body: str) -> Mapping[str, str]:
        """Returns the levels of the areas of the layouts that a body extends."""
        levels, source = dict[str, str](), body
        for _ in range(LAYOUTS_MAX):
            frame = next((one for one in tree.opened(source).children if one.kind == "frame"), None)
            layout = self.partial(frame.name) if frame and layouts.NAME.fullmatch(frame.name) else None
            if layout is None:
                break
            levels = {**tree.area_levels(tree.opened(layout), layout), **levels}
            source = layout
        return levels

    def _styled(self, body: str) -> str:
        try:
            return layouts.assembled(MappedText.of("", body), self.partial).text.text
        except Rejected:
            return body

    def _values(self, sample: SampleData) -> dict[str, Any]:
        settings = self.site_settings()
        return {**settings, MAP: settings, "contact": sample.contact, "custom": sample.custom}
