"""Adds to compiled MJML what the compiler ignores: attributes with an effect in npm's mjml.

Before compiling, an element with one of these attributes gets a class as a mark, which the compiler copies. Afterwards the mark leads to the tag
that takes the effect, and is removed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from msgspec import Struct, field

from functions.core.templates.html.edits import Edits
from functions.core.templates.markup import MarkupSpan, attribute_list, attributes, spans
from functions.core.templates.mjml import attribute_table

_MARK = re.compile(r" ?\bmjml-effect-(\d+)(?:-outlook)?\b")
_EMPTY_CLASS = re.compile(r' class="\s*"')
_EVERY_SCREEN, _YAHOO_ONLY = (
    "@media screen, yahoo",
    "@media screen yahoo",
)  # the arrows of a carousel are hidden at Yahoo
_OUTLOOK_WIDTH = re.compile(r"(\[if mso \| IE\]>(?:</?t[rd]>)*<td[^>]*\bwidth:)(\d+\.\d+)px")
_IMAGE_WIDTH = re.compile(r'<td style="width:(\d+\.\d+)px;">(?:<a\b[^>]*>)?<img\b[^>]*>')
_IMAGES = frozenset({"mj-image", "mj-social-element", "mj-carousel-image"})
_SECTIONS = frozenset({"mj-section", "mj-wrapper"})
_PIXELS, _HEIGHT = re.compile(r"(\d{1,5})(?:px)?\s*$"), re.compile(r"(?<=;)height:[^;]*+;")
_RIGHT_TO_LEFT = {
    "mjml": ("dir", "rtl"),
    **dict.fromkeys(["mj-column", "mj-group", "mj-section", "mj-wrapper"], ("direction", "rtl")),
    **dict.fromkeys(["mj-table", "mj-text"], ("align", "right")),
}
Values = Mapping[str, str]


class Marked(Struct, frozen=True):
    mjml: str
    effects: list[dict[str, str]]  # of each mark: the ignored attributes
    body_id: str


class Defaults(Struct):
    """The attributes of <mj-attributes>."""

    of_all: dict[str, str] = field(default_factory=dict)
    of_elements: dict[str, dict[str, str]] = field(default_factory=dict)
    of_classes: dict[str, dict[str, str]] = field(default_factory=dict)

    @classmethod
    def read(cls, mjml: str) -> Defaults:
        defaults, within = cls(), False
        for tag in spans(mjml):
            if tag.name == "mj-attributes":
                within = tag.kind == "open"
            elif within and tag.kind in {"open", "empty"}:
                defaults._add(tag.name, own(mjml, tag))
        return defaults

    def _add(self, name: str, written: dict[str, str]) -> None:
        values = {key: value for key, value in written.items() if attribute_table.exists(key)}
        if name == "mj-all":
            self.of_all |= values
        elif name == "mj-class":
            self.of_classes.setdefault(values.get("name", ""), {}).update(values)
        else:
            self.of_elements.setdefault(name, {}).update(values)

    def complete(self, element: str, own: Values) -> dict[str, str]:
        """Returns an element's attributes with its defaults. Its classes override those of its name, and the last class wins."""
        of_classes: dict[str, str] = {}
        for name in dict.fromkeys(reversed(own.get("mj-class", "").split())):
            of_classes = {**self.of_classes.get(name, {}), **of_classes}
        return {**self.of_all, **self.of_elements.get(element, {}), **of_classes, **own}


def marked(mjml: str, *, right_to_left: bool = False) -> Marked:
    return _EffectMarker(mjml, Defaults.read(mjml), right_to_left).run()


def own(mjml: str, tag: MarkupSpan) -> dict[str, str]:
    return {name: value or "" for name, value in attributes(mjml, tag).items()}


class _EffectMarker(Struct):
    mjml: str
    defaults: Defaults
    right_to_left: bool
    effects: list[dict[str, str]] = field(default_factory=list)
    edits: Edits = field(default_factory=Edits)
    opened: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    sections: list[int] = field(default_factory=list)  # the number of sections so far in each open element
    body_id: str = ""
    width: str = "600px"  # of the body

    def run(self) -> Marked:
        tags = [span for span in spans(self.mjml) if span.name.startswith("mj")]
        for tag in tags:
            if tag.kind == "close":
                self._close(tag)
            elif tag.kind in {"open", "empty"}:
                self._open(tag)
        return Marked(self.edits.applied(self.mjml), self.effects, self.body_id)

    def _open(self, tag: MarkupSpan) -> None:
        values = self.defaults.complete(tag.name, own(self.mjml, tag))
        if tag.name == "mj-body":
            self.body_id, self.width = values.get("id", ""), values.get("width", self.width)
        if not any(name == "mj-attributes" for name, _ in self.opened):
            if tag.name in _IMAGES and "alt" not in values:
                self.edits.insert(
                    tag.start + 1 + len(tag.name), ' alt=""'
                )  # a screen reader would spell the file's name
            if self.right_to_left:
                self._turn(tag, values)
            self._mark(tag, values)
        if tag.kind == "open":
            self.opened.append((tag.name, values))
            self.sections.append(0)

    def _close(self, tag: MarkupSpan) -> None:
        if self.opened and self.opened[-1][0] == tag.name:
            self.opened.pop()
            self.sections.pop()

    def _turn(self, tag: MarkupSpan, values: Values) -> None:
        """Writes the defaults of a right-to-left document."""
        name, value = _RIGHT_TO_LEFT.get(tag.name, ("", ""))
        if name and name not in values:
            self.edits.insert(tag.start + 1 + len(tag.name), f' {name}="{value}"')

    def _mark(self, tag: MarkupSpan, values: Values) -> None:
        ignored = dict(self._ignored(tag.name, values))
        if not ignored:
            return
        classes = f"{values.get('css-class', '')} mjml-effect-{len(self.effects)}".strip()
        self.effects.append(ignored)
        written = next((one for one in attribute_list(self.mjml, tag) if one.name == "css-class"), None)
        if written and written.quote:
            self.edits.replace(written.value_start, written.end - 1, classes)
        else:
            self.edits.insert(tag.start + 1 + len(tag.name), f' css-class="{classes}"')

    def _ignored(self, element: str, values: Values) -> Iterator[tuple[str, str]]:
        """Yields the attributes with an effect that the compiler does not give them."""
        for name in _ATTRIBUTES.get(element, ()):
            if name in values:
                yield name, values[name]
        if element == "mj-hero" and values.get("mode") == "fluid-height":
            yield "fluid-height", _fluid_height(values, self.width)
        parent, inherited = self.opened[-1] if self.opened else ("", {})
        if element in _SECTIONS and parent == "mj-wrapper":
            self.sections[-1] += 1
            if inherited.get("gap") and self.sections[-1] > 1:
                yield "gap", inherited["gap"]
        if element == "mj-table" and "border" in values and "cellspacing" not in values:
            yield "border-collapse", ""  # which the compiler adds
        if element == "mj-social-element" and "border" not in values:
            yield "border", inherited.get("border", "0")


_INNER_PADDINGS = (
    "inner-padding",
    "inner-padding-bottom",
    "inner-padding-left",
    "inner-padding-right",
    "inner-padding-top",
)

# What the compiler ignores, apart from what a parent gives: `gap` and the border of social elements.
_ATTRIBUTES: dict[str, tuple[str, ...]] = {
    "mj-accordion-title": ("font-weight",),
    "mj-button": ("title",),
    "mj-hero": ("border-radius", *_INNER_PADDINGS),
    "mj-image": ("border-bottom", "border-left", "border-right", "border-top", "sizes"),
    "mj-social-element": ("border", "icon-position", "sizes", "srcset"),
    "mj-table": ("role",),
}


class _Target(Struct, frozen=True):
    """The tag on which an attribute acts: the first of these names at or behind the mark."""

    tags: tuple[str, ...]
    declares: str = ""  # a property; empty: an attribute of the same name
    after: str = ""  # the declaration before it; empty: it is the first
    class_: str = ""  # of the tag


_IMAGE = ("img",)
_TARGETS: dict[str, _Target] = {
    **{
        name: _Target(_IMAGE, name, "border") for name in ("border-bottom", "border-left", "border-right", "border-top")
    },
    "border": _Target(_IMAGE, "border"),
    "border-collapse": _Target(("table",), "border-collapse"),
    "border-radius": _Target(("td",), "border-radius", "background-repeat"),
    "font-weight": _Target(("td",), "font-weight", "font-family"),
    "gap": _Target(("div",), "margin-top", "max-width"),
    **{name: _Target(("div",), name.removeprefix("inner-"), "margin", "mj-hero-content") for name in _INNER_PADDINGS},
    "role": _Target(("table",)),
    "sizes": _Target(_IMAGE),
    "srcset": _Target(_IMAGE),
    "title": _Target(("a", "p")),
}


def completed(html: str, document: Marked) -> str:
    """Returns compiled HTML with the effects, and without the marks. Sizes are whole numbers, as npm's mjml writes them."""
    html = html.replace(_EVERY_SCREEN, _YAHOO_ONLY)
    html = _OUTLOOK_WIDTH.sub(lambda match: f"{match[1]}{int(float(match[2]) + 0.5)}px", html)
    html = _IMAGE_WIDTH.sub(lambda match: match[0].replace(match[1], match[1].partition(".")[0]), html)
    writer = _Writer(html, [span for span in spans(html) if span.kind != "text"])
    for at, tag in enumerate(writer.tags):
        if tag.name == "body" and tag.kind == "open" and document.body_id:
            writer.edits.insert(tag.start + len("<body"), f' id="{document.body_id}"')
        for match in _MARK.finditer(html, tag.start, tag.end):
            values = document.effects[int(match[1])]
            if tag.kind != "comment":
                writer.write(values, at)
            elif "gap" in values:
                writer.write_gap(values["gap"], match.start())
    return _EMPTY_CLASS.sub("", _MARK.sub("", writer.edits.applied(html)))


class _Writer(Struct):
    html: str
    tags: list[MarkupSpan]
    edits: Edits = field(default_factory=Edits)

    def write(self, values: Values, at: int) -> None:
        """Writes the effects of the tag with this index, which has the mark."""
        for name, value in values.items():
            if name in _TARGETS:
                self._write(_TARGETS[name], name, value, at)
            elif name == "fluid-height":
                self._write_fluid_height(value, at)
            elif value == "right":
                self._swap_cells(at)

    def write_gap(self, gap: str, mark: int) -> None:
        """Writes the gap into the table that only Outlook reads, if the mark is in its class."""
        start = self.html.rfind("<", 0, mark)
        if self.html.startswith("<table", start):
            style = self.html.index('style="', mark)
            self.edits.insert(self.html.index('"', style + len('style="')), f"padding-top:{gap};")

    def _write(self, target: _Target, name: str, value: str, at: int) -> None:
        tag = self.tags[self._find(target.tags, at, target.class_)]
        if not target.declares:
            self.edits.insert(tag.start + 1 + len(tag.name), f' {name}="{value}"')
            return
        style = next(one for one in attribute_list(self.html, tag) if one.name == "style")
        declaration = f"{target.declares}:{value};" if value else ""
        before = re.search(rf"(?<![^;]){target.after or target.declares}:[^;]*+;", style.value or "")
        if before and not target.after:
            self.edits.replace(style.value_start + before.start(), style.value_start + before.end(), declaration)
        else:
            self.edits.insert(style.value_start + (before.end() if before else 0), declaration)

    def _write_fluid_height(self, padding: str, at: int) -> None:
        """Replaces the height of a hero's cell by a cell on each side, as high as a share of the width."""
        row = self._find(("tr",), at)
        cell, side = self.tags[row + 1], f'<td style="width:0.01%;{padding}mso-padding-bottom-alt:0;"></td>'
        for attribute in attribute_list(self.html, cell):
            if attribute.name == "height":
                self.edits.replace(attribute.start, attribute.end)
            elif attribute.name == "style" and (height := _HEIGHT.search(attribute.value or "")):
                self.edits.replace(attribute.value_start + height.start(), attribute.value_start + height.end())
        self.edits.insert(cell.start, side)
        self.edits.insert(self._cells(row)[0][1], side)

    def _swap_cells(self, row: int) -> None:
        """Moves the second cell of a row, which is a text, before the first one."""
        cells = self._cells(row)
        if len(cells) > 1:
            self.edits.insert(cells[0][0], self.html[slice(*cells[1])])
            self.edits.replace(*cells[1])

    def _find(self, names: tuple[str, ...], at: int, class_: str = "") -> int:
        """Returns the index of the first tag of these names, from an index on."""
        tags, html = self.tags, self.html
        return next(
            index
            for index in range(at, len(tags))
            if tags[index].name in names and class_ in html[tags[index].start : tags[index].end]
        )

    def _cells(self, row: int) -> list[tuple[int, int]]:
        """Returns the offsets of the cells in the row with this index."""
        cells, depth, start = list[tuple[int, int]](), 0, 0
        for index in range(row + 1, len(self.tags)):
            tag = self.tags[index]
            if tag.name == "tr" and tag.kind == "close" and not depth:
                break
            if tag.name == "td" and tag.kind == "open":
                start = start if depth else tag.start
                depth += 1
            elif tag.name == "td":
                depth -= 1
                cells += [] if depth else [(start, tag.end)]
        return cells


def _fluid_height(values: Values, page: str) -> str:
    """Returns what gives a hero the height of its background in percent of its width: nothing for an unknown height."""
    height, width = _pixels(values.get("background-height", "")), _pixels(values.get("background-width", page))
    return f"padding-bottom:{height * 100 / width:.0f}%;" if height and width else ""


def _pixels(value: str) -> int:
    match = _PIXELS.match(value)
    return int(match[1]) if match else 0
