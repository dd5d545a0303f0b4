"""Renders templates. They are untrusted code: they run in Jinja2's sandbox, on plain data, within bounds. Missing properties are named."""

from __future__ import annotations

import copy
import re
import traceback
from collections.abc import Iterator, Mapping
from itertools import islice
from types import MappingProxyType
from typing import Any

from jinja2 import Template, TemplateError
from markupsafe import Markup
from msgspec import Struct

from functions.core.emails import languages
from functions.core.emails.email import EmailBody, Revision
from functions.core.errors import PermanentFailure
from functions.core.outcomes import SendResult
from functions.core.sending import web_version
from functions.core.templates import site_settings
from functions.core.templates.hubl import methods
from functions.core.templates.hubl.engine import HublEnvironment, path_of
from functions.core.templates.hubl.filters import dates
from functions.core.templates.hubl.properties import Properties
from functions.core.templates.hubl.resource_limits import RenderingTime, metered
from functions.core.templates.hubl.rewriting import ROOTS
from functions.core.templates.hubl.values import is_null

_CHANGE = re.compile(rf"\.\s*(?:{'|'.join(sorted(methods.CHANGING))})\s*\(")
_CHANGEABLE = frozenset({"custom", "content", site_settings.MAP})  # by a method of a list or a map
_EXPRESSION = re.compile(r"\{\{[^{}]{1,100}\}\}|\{%[^{}]{1,100}%\}")
_JINJA_FRAME = "__jinja_exception__"  # a global of the frames in which Jinja2 shows a template's lines
_RIGHT_TO_LEFT = Markup('dir="rtl"')
PIECES = 16  # between two looks at the size; each has a bound of its own
OUTPUT_MAX = 2_000_000  # characters of one rendered part: twenty times Gmail's limit


# The errors that a template can cause in Python. Any other error is a bug of ours.
_TEMPLATE_ERRORS = (
    TemplateError,
    ArithmeticError,
    AttributeError,
    AssertionError,
    LookupError,
    MemoryError,
    RuntimeError,
    SyntaxError,  # of Jinja2's generated Python: blocks nested too deep
    TypeError,
    ValueError,
)


_HTML, _PLAIN = HublEnvironment(autoescape=True), HublEnvironment(autoescape=False)
FUNCTION_NAMES = frozenset([*_HTML.globals, *dates.functions(0), "personalization_token"])
NAMES = FUNCTION_NAMES.union(dates.variables(0), ROOTS)
NAMES |= {
    "content",
    "html_lang",
    "html_lang_dir",
    "dnd_area_stylesheet",
    "personalization_token",
} | site_settings.VARIABLES
MEMBERS = {  # of the variables that are maps of ours
    "content": ("name", "subject", "html_title", "from_name", "reply_to", "id", "language", "create_page"),
    site_settings.MAP: site_settings.NAMES,
}


class MarkupValue(Struct, frozen=True):
    """A variable that is HTML of ours in the HTML part, and a text elsewhere."""

    html: str
    text: str


class _CompiledPart(Struct, frozen=True):
    message: str  # of the part, in an error of its rendering
    source: str
    template: Template
    changes_properties: bool  # by a method of a list or a map
    literal: str | None = None  # the text of a part without a template: most From names


class _Parts(Struct, frozen=True):
    from_name: _CompiledPart
    subject: _CompiledPart
    html: _CompiledPart
    text: _CompiledPart


class Compiled(Struct, frozen=True):
    """A revision ready to render. Cache it per revision: compiling costs fifteen times as much as rendering. A language is compiled
    on its first use.
    """

    revision: Revision
    by_language: dict[str, _Parts]
    site_variables: frozenset[str] = frozenset()  # that the templates may use

    def parts(self, contact: Mapping[str, str]) -> _Parts:
        """Returns the parts in the contact's language, or in the revision's own. Raises PermanentFailure."""
        language = self.language(contact)
        if language not in self.by_language:
            self.by_language[language] = _compiled(self.revision.variants[language], self.revision.sender.name)
        return self.by_language[language]

    def content(self, contact: Mapping[str, str]) -> EmailBody:
        """Returns the sources of those parts."""
        return self.revision.variants.get(self.language(contact), self.revision.content)

    def language(self, contact: Mapping[str, str]) -> str:
        variants, own = self.revision.variants, self.revision.language
        return languages.chosen(contact, {own, *variants}, own) if variants else own


class Rendered(Struct, frozen=True):
    subject: str  # one line
    html: str
    text: str
    from_name: str = ""  # one line


def compiled(revision: Revision) -> Compiled:
    """Raises PermanentFailure with the line of the first syntax error."""
    contents = {**revision.variants, revision.language: revision.content}
    used = site_settings.named_in(contents, revision.sender.name)
    return Compiled(revision, {revision.language: _compiled(revision.content, revision.sender.name)}, used)


def check(content: EmailBody, from_name: str = "") -> None:
    """Raises PermanentFailure if it cannot be compiled."""
    _compiled(content, from_name)


def _compiled(content: EmailBody, from_name: str) -> _Parts:
    try:
        return _Parts(
            from_name=_part(_PLAIN, from_name, message="in the From name"),
            subject=_part(_PLAIN, content.subject, message="in the subject"),
            html=_part(_HTML, content.html, message="in the HTML part"),
            text=_part(_PLAIN, content.text, message="in the text part"),
        )
    except _TEMPLATE_ERRORS as error:
        raise PermanentFailure(SendResult.TEMPLATE_RENDER_EXCEPTION, _message_of(error)) from error


def _part(environment: HublEnvironment, source: str, *, message: str) -> _CompiledPart:
    template = environment.from_string(source)
    is_literal = "{" not in source and len(source) <= OUTPUT_MAX
    literal = _bounded(template.generate(metered(RenderingTime(), 0))) if is_literal else None
    return _CompiledPart(message, source, template, bool(_CHANGE.search(source)), literal)


def render(
    template: Compiled,
    contact: Mapping[str, str],
    custom: Mapping[str, Any],
    *,
    now: float,
    variables: Mapping[str, Any] = MappingProxyType({}),
    rendering_time: RenderingTime | None = None,
) -> Rendered:
    """Renders a template. `now` (seconds since the epoch) is the template's time. Raises PermanentFailure:
    MISSING_TEMPLATE_PROPERTIES with every property that the template uses and the request lacks, or TEMPLATE_RENDER_EXCEPTION for any
    other error of the template, and if it takes too long.
    """
    rendered, missing = render_with_missing(
        template, contact, custom, now=now, variables=variables, rendering_time=rendering_time
    )
    if missing:
        names = ", ".join(sorted(missing))
        raise PermanentFailure(
            SendResult.MISSING_TEMPLATE_PROPERTIES, f"the template needs {names}, which the request does not give"
        )
    return rendered


def render_with_missing(
    template: Compiled,
    contact: Mapping[str, str],
    custom: Mapping[str, Any],
    *,
    now: float,
    variables: Mapping[str, Any] = MappingProxyType({}),
    rendering_time: RenderingTime | None = None,
) -> tuple[Rendered, set[str]]:
    """Renders with empty texts for missing properties, and returns their names. A part that fails without them is empty."""
    missing: set[str] = set()
    language = template.language(contact)
    context: dict[str, Any] = {
        "contact": Properties("contact", contact),
        "custom": Properties("custom", custom, missing),
        **dates.functions(now),
        **dates.variables(now),
        "html_lang": language,
        "html_lang_dir": _RIGHT_TO_LEFT if languages.is_right_to_left(language) else "",
        "content": {
            **_content_of(template.revision, language),
            "create_page": bool(variables.get(web_version.VARIABLE)),  # whether the mail has a web version
        },
        **{name: value.text if isinstance(value, MarkupValue) else value for name, value in variables.items()},
    }
    markup = {name: Markup(value.html) for name, value in variables.items() if isinstance(value, MarkupValue)}  # noqa: S704 - ours
    context["personalization_token"] = _personalization_token(context)
    parts = template.parts(contact)
    with rendering_time or RenderingTime() as left:
        from_name, subject = (
            _one_line(_rendered(part, context, missing, (left, now))) for part in (parts.from_name, parts.subject)
        )
        context["content"] |= {"subject": subject, "html_title": subject, "from_name": from_name}
        html = _rendered(parts.html, {**context, **markup}, missing, (left, now))
        text = _rendered(parts.text, context, missing, (left, now))
    return Rendered(subject, html, text, from_name), missing


def _content_of(revision: Revision, language: str) -> dict[str, Any]:
    """Returns the members of `content` that do not depend on rendering."""
    reply_to = revision.reply_to or revision.sender
    return {
        "name": revision.name,
        "id": revision.email_id,
        "reply_to": reply_to.email,
        "language": language,
    }


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _rendered(
    part: _CompiledPart, context: Mapping[str, Any], missing: set[str], meter: tuple[RenderingTime, float]
) -> str:
    if part.literal is not None:
        return part.literal
    try:
        own = {name: copy.deepcopy(context[name]) for name in _CHANGEABLE & context.keys() if part.changes_properties}
        return _bounded(part.template.generate({**context, **own, **metered(*meter)}))
    except _TEMPLATE_ERRORS as error:
        if missing:  # a caller can add them, and they are most likely the cause
            return ""
        reason = f"{_place(part, error)}: {_message_of(error)}"
        raise PermanentFailure(SendResult.TEMPLATE_RENDER_EXCEPTION, reason) from error


def _place(part: _CompiledPart, error: Exception) -> str:
    """Returns the part, and the only expression of the line: a compiled body has other lines than its source."""
    frames = traceback.walk_tb(error.__traceback__)
    lines = [line for frame, line in frames if _JINJA_FRAME in frame.f_globals]
    text = part.source.split("\n")[lines[-1] - 1] if lines else ""
    expressions = _EXPRESSION.findall(text)
    return f"{part.message}: {expressions[0]}" if len(expressions) == 1 else part.message


def _bounded(pieces: Iterator[str]) -> str:
    taken, size = list[str](), 0
    while some := list(islice(pieces, PIECES)):
        size += sum(map(len, some))
        if size > OUTPUT_MAX:
            raise ValueError(f"the rendered part is longer than {OUTPUT_MAX:,} characters")
        taken += some
    return "".join(taken)


def _personalization_token(context: Mapping[str, Any]) -> Any:
    """Returns HubL's function. It returns the property with a dotted path, else the default, else a missing property."""

    def personalization_token(path: Any, default: Any = None) -> Any:
        label, _, name = str(path).partition(".")
        properties = context.get(label)
        if isinstance(properties, Properties) and name:
            value = path_of(properties, *name.split("."))
            if not is_null(value) and value != "":
                return value
            return value if default is None else default
        if default is None:
            raise ValueError(f"personalization_token('{path}'): expected 'contact.<property>' or 'custom.<property>'")
        return default

    return personalization_token


def _message_of(error: Exception) -> str:
    if isinstance(error, RecursionError):
        return "a property or a part of the template is nested too deep"
    line = getattr(error, "lineno", None)
    text = getattr(error, "message", None) or str(error) or type(error).__name__
    return f"line {line}: {text}" if line else str(text)
