"""HubSpot's module tags as their default content: what HubSpot's editor shows until an author fills the module. A module without default
content here is refused by its name.
"""

from __future__ import annotations

import html
import json
from collections.abc import Callable, Mapping
from typing import Any

from msgspec import Struct, field

from functions.core.errors import FieldError
from functions.core.templates import reading
from functions.core.templates.module_tags import ModuleTag, Parameter, placed, read_tag, with_attributes
from functions.core.templates.reading import Piece
from functions.core.templates.source_map import MappedText

AREAS = frozenset({"dnd_area", "dnd_section", "dnd_column", "dnd_row"})  # they hold content, and have none
BLOCKS = frozenset({"module_block", "widget_block", "dnd_module"})  # they hold attributes
EXPORTED = "export_to_template_context"
EXPORTS = "widget_data"  # the variable with the exported parameters

Content = list[str | MappedText]
Render = Callable[[ModuleTag], Content | None]


def _value(*names: str) -> Callable[[ModuleTag], Content]:
    """Prints the first of these parameters. Without any, a module is empty until an author fills it."""

    def content(tag: ModuleTag) -> Content:
        values = [tag.parameters[name].content for name in names if name in tag.parameters]
        return [*values[:1]]

    return content


_VALUE = _value("value")


def _heading(tag: ModuleTag) -> Content:
    level = str(tag.constant("header_tag") or tag.constant("heading_level") or "h1")
    level = level if level in {"h1", "h2", "h3", "h4", "h5", "h6", "p"} else "h1"
    return [f"<{level}>", *_VALUE(tag), f"</{level}>"]


def _image(tag: ModuleTag) -> Content | None:
    """Prints the image, within its link. An image without a source is HubSpot's own picture, which is not here."""
    fields = _fields(tag, "img", "image", "logo_image")
    if not fields.get("src"):
        return None
    attributes = [(name, fields[name]) for name in ("src", "alt", "width", "height", "style") if fields.get(name)]
    if "alt" not in fields:
        attributes.append(("alt", ""))
    image = f"<img{_attributes(attributes)}>"
    link = _address(fields.get("link") or fields.get("href"))
    return [f"<a{_attributes([('href', link)])}>{image}</a>"] if link else [image]


def _button(tag: ModuleTag) -> Content | None:
    fields = _fields(tag, "button", "link_field")
    text = fields.get("text") or fields.get("button_text") or fields.get("label_text")
    link = _address(
        fields.get("link")
        or fields.get("url")
        or fields.get("href")
        or fields.get("destination")
        or tag.constant("link")
    )
    return [f"<a{_attributes([('href', link)])}>{text}</a>"] if text and link else None


def _footer(_: ModuleTag) -> Content:
    """Prints what each mail to a list needs: who sends it, from where, and the way out."""
    parts = ("company_name", "company_street_address_1", "company_city", "company_state", "company_zip")
    address = "".join(f"{{% if {name} %}}{{{{ {name} }}}} {{% endif %}}" for name in parts)
    return [f"<p>{address}</p><p>{{{{ unsubscribe_section }}}}</p>"]


TAGS: dict[str, Render] = {
    **dict.fromkeys(["text", "textarea", "choice", "number", "raw_html"], _value("value", "html")),
    "boolean": _value("value"),
    "color": _value("color", "value"),
    "header": _heading,
    **dict.fromkeys(["image", "linked_image", "logo"], _image),
    "rich_text": _value("html", "value", "default"),
}
MODULES: dict[str, Render] = {
    **dict.fromkeys(["rich_text", "email_body", "email_text", "email_rich_text"], _value("html", "value")),
    **dict.fromkeys(["text", "email_subject", "preview_text", "email_preview_text"], _value("value", "text", "html")),
    **dict.fromkeys(["raw_html", "raw_html_email", "html"], _value("html", "value")),
    **dict.fromkeys(["header", "heading", "email_header"], _heading),
    **dict.fromkeys(["image", "image_email", "email_image", "linked_image", "email_linked_image"], _image),
    **dict.fromkeys(["logo", "email_logo"], _image),
    **dict.fromkeys(["button", "email_button"], _button),
    **dict.fromkeys(["divider", "email_divider"], lambda _: ["<hr>"]),
    **dict.fromkeys(["email_can_spam", "can_spam", "email_footer"], _footer),
    **dict.fromkeys(["spacer", "email_spacer"], lambda _: ["<br>"]),
}
_PREFIX = "@hubspot/"
READ = frozenset({*TAGS, *AREAS, *BLOCKS, "module"})


class Expanded(Struct, frozen=True):
    """A text without module tags. The tags with an error are left out."""

    text: MappedText
    errors: tuple[FieldError, ...]


def expanded(source: MappedText) -> Expanded:
    """Raises Rejected if the text cannot be read at all."""
    return _Expansion(source).whole()


class _Expansion(Struct):
    source: MappedText
    texts: list[MappedText] = field(default_factory=list)
    exports: dict[str, ModuleTag] = field(default_factory=dict)
    errors: list[FieldError] = field(default_factory=list)

    def whole(self) -> Expanded:
        pieces = [piece for piece in reading.pieces(self.source) if piece.tag]
        at, number = 0, 0
        while number < len(pieces):
            piece = pieces[number]
            number += 1
            if not is_module_tag(piece.tag):
                continue
            self.texts.append(self.source.cut(at, piece.start))
            at = piece.end
            if piece.tag in BLOCKS:
                end = _end(pieces, number)
                if end == len(pieces):
                    self._error(piece, f"has no end: {{% end_{piece.tag} %}}")
                    continue
                self._add(piece, pieces[number:end])
                at, number = pieces[end].end, end + 1
            elif piece.tag.removeprefix("end_") not in AREAS:
                self._add(piece, [])
        text = MappedText.joined([*self._exported(), *self.texts, self.source.cut(at, len(self.source.text))])
        return Expanded(text if self.texts else self.source, tuple(self.errors))

    def _add(self, piece: Piece, inside: list[Piece]) -> None:
        tag = read_tag(self.source, piece)
        if tag is None:
            self._error(piece, f'cannot be read: {{% {piece.tag} "name" name="value" %}} is its form')
            return
        tag = with_attributes(tag, self.source, inside)
        if tag.constant(EXPORTED) is True:
            self.exports[tag.name] = tag
            return
        render = _render_of(tag)
        content = render(tag) if render else None
        if content is None:
            self._error(piece, _refusal(tag, has_render=render is not None))
            return
        self.texts += [placed(part, tag.at) if isinstance(part, str) else part for part in content]

    def _error(self, piece: Piece, message: str) -> None:
        self.errors.append(self.source.error(piece.start, message))

    def _exported(self) -> list[MappedText]:
        """Returns a tag that sets what modules export: `{{ widget_data.name.value }}`."""
        if not self.exports:
            return []
        texts = list[MappedText]()
        for name, tag in self.exports.items():
            texts.append(placed(f"{json.dumps(name)}: {{", tag.at))
            for label, parameter in tag.parameters.items():
                texts += [placed(f'"{label}": ', tag.at), _as_expression(parameter), placed(", ", tag.at)]
            texts.append(placed("}, ", tag.at))
        first = next(iter(self.exports.values())).at
        return [placed(f"{{% set {EXPORTS} = {{", first), *texts, placed("} %}", first)]


def is_module_tag(tag: str) -> bool:
    return tag in READ or tag.removeprefix("end_") in AREAS


def _as_expression(parameter: Parameter) -> MappedText:
    is_attribute = isinstance(parameter.constant, str) and parameter.constant == parameter.expression.text
    return placed(json.dumps(parameter.constant), parameter.expression) if is_attribute else parameter.expression


def _end(pieces: list[Piece], number: int) -> int:
    """Returns the index of the piece that ends the block before `number`, or of the end of the text."""
    closing = f"end_{pieces[number - 1].tag}"
    return next((at for at in range(number, len(pieces)) if pieces[at].tag == closing), len(pieces))


def _render_of(tag: ModuleTag) -> Render | None:
    if tag.kind in TAGS:
        return TAGS[tag.kind]
    name = tag.path.removeprefix(_PREFIX)
    return MODULES.get(name) if tag.path.startswith(_PREFIX) else None


def _refusal(tag: ModuleTag, *, has_render: bool) -> str:
    what = f"the module '{tag.path[:60]}'" if tag.path else f"the tag '{tag.kind[:40]}'"
    if has_render:
        return f"{what} has no default content here: give it a source and a text, or write its HTML itself"
    return f"{what} is not available: write its content itself, or include a partial"


def _fields(tag: ModuleTag, *groups: str) -> Mapping[str, Any]:
    """Returns the parameters as texts for attributes, with those of a map (`img={...}`)."""
    fields: dict[str, Any] = {}
    for name, parameter in tag.parameters.items():
        fields[name] = parameter.printed.text if parameter.constant is None else parameter.constant
    for name in groups:
        fields |= fields[name] if isinstance(fields.get(name), dict) else {}
    return fields


def _address(value: Any) -> str:
    """Returns the address of a link: a text, or HubSpot's `{"url": {"href": ...}}`."""
    while isinstance(value, dict):
        value = value.get("href") or value.get("url")
    return str(value or "")


def _attributes(pairs: list[tuple[str, Any]]) -> str:
    return "".join(f' {name}="{_escaped(str(value))}"' for name, value in pairs)


def _escaped(value: str) -> str:
    """HubL in a value stays as it is: its quotes are its own."""
    return value if "{{" in value or "{%" in value else html.escape(value)
