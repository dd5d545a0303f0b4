"""Renders templates. They are untrusted code: they run in Jinja2's sandbox, on plain data, within bounds. Missing properties are named."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

from jinja2 import Template, TemplateError
from msgspec import Struct

from functions.core.emails.email import EmailBody, Revision
from functions.core.errors import PermanentFailure
from functions.core.outcomes import SendResult
from functions.core.templates.hubl import dates, languages
from functions.core.templates.hubl.properties import Missing, MissingOrMethod, Properties
from functions.core.templates.hubl.resource_limits import METERING, BoundedEnvironment, RenderingTime, metered

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


class _Sandbox(BoundedEnvironment):
    def getitem(self, obj: Any, argument: Any) -> Any:
        if isinstance(obj, Properties):
            return obj[argument] if argument in obj else Missing(obj=obj, name=argument)
        return super().getitem(obj, argument)

    def getattr(self, obj: Any, attribute: str) -> Any:
        if isinstance(obj, Properties):
            if attribute in obj:
                return obj[attribute]
            kind = MissingOrMethod if attribute in {"items", "keys", "values", "get"} else Missing
            return kind(obj=obj, name=attribute)
        return super().getattr(obj, attribute)


def _sandbox(*, autoescape: bool) -> _Sandbox:
    sandbox = _Sandbox(undefined=Missing, autoescape=autoescape, cache_size=0)
    sandbox.policies["json.dumps_kwargs"] = {"sort_keys": True, "default": _plain}
    return sandbox


def _plain(value: Any) -> Any:
    """Converts a value that JSON lacks, for `tojson`."""
    if isinstance(value, Properties):
        return dict(value.values_)
    raise TypeError(f"{value!r} cannot be written as JSON")


_HTML, _PLAIN = _sandbox(autoescape=True), _sandbox(autoescape=False)
FILTER_NAMES = frozenset(_HTML.filters) - METERING
TEST_NAMES = frozenset(_HTML.tests)
NAMES = frozenset([*_HTML.globals, *dates.functions(0), "contact", "custom", "personalization_token"])


class _Parts(Struct, frozen=True):
    from_name: Template
    subject: Template
    html: Template
    text: Template


class Compiled(Struct, frozen=True):
    """A revision ready to render. Cache it per revision: compiling costs fifteen times as much as rendering. A language is compiled
    on its first use.
    """

    revision: Revision
    by_language: dict[str, _Parts]

    def parts(self, contact: Mapping[str, str]) -> _Parts:
        """Returns the parts in the contact's language, or in the revision's own. Raises PermanentFailure."""
        language = self.language(contact)
        if language not in self.by_language:
            self.by_language[language] = _compiled(self.revision.variants[language], self.revision.sender.name)
        return self.by_language[language]

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
    return Compiled(revision, {revision.language: _compiled(revision.content, revision.sender.name)})


def check(content: EmailBody, from_name: str = "") -> None:
    """Raises PermanentFailure if it cannot be compiled."""
    _compiled(content, from_name)


def _compiled(content: EmailBody, from_name: str) -> _Parts:
    try:
        return _Parts(
            from_name=_PLAIN.from_string(from_name),
            subject=_PLAIN.from_string(content.subject),
            html=_HTML.from_string(content.html),
            text=_PLAIN.from_string(content.text),
        )
    except _TEMPLATE_ERRORS as error:
        raise PermanentFailure(SendResult.TEMPLATE_RENDER_EXCEPTION, _message_of(error)) from error


def render(
    template: Compiled,
    contact: Mapping[str, str],
    custom: Mapping[str, Any],
    *,
    now: float,
    links: Mapping[str, str] = MappingProxyType({}),
    rendering_time: RenderingTime | None = None,
) -> Rendered:
    """Renders a template. `now` (seconds since the epoch) is the template's time. Raises PermanentFailure:
    MISSING_TEMPLATE_PROPERTIES with every property that the template uses and the request lacks, or TEMPLATE_RENDER_EXCEPTION for any
    other error of the template, and if it takes too long.
    """
    rendered, missing = render_with_missing(
        template, contact, custom, now=now, links=links, rendering_time=rendering_time
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
    links: Mapping[str, str] = MappingProxyType({}),
    rendering_time: RenderingTime | None = None,
) -> tuple[Rendered, set[str]]:
    """Renders with empty texts for missing properties, and returns their names. A part that fails without them is empty."""
    missing: set[str] = set()
    context: dict[str, Any] = {
        "contact": Properties("contact", contact, missing),
        "custom": Properties("custom", custom, missing),
        **dates.functions(now),
        **links,
    }
    context["personalization_token"] = _personalization_token(context)
    parts = template.parts(contact)
    with rendering_time or RenderingTime() as left:
        from_name, subject, html, text = (
            _part(part, context, missing, left) for part in (parts.from_name, parts.subject, parts.html, parts.text)
        )
    return Rendered(_one_line(subject), html, text, _one_line(from_name)), missing


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _part(template: Template, context: Mapping[str, Any], missing: set[str], left: RenderingTime) -> str:
    try:
        return _bounded(template.generate({**context, **metered(left)}))
    except _TEMPLATE_ERRORS as error:
        if missing:  # a caller can add them, and they are most likely the cause
            return ""
        raise PermanentFailure(SendResult.TEMPLATE_RENDER_EXCEPTION, _message_of(error)) from error


def _bounded(pieces: Iterator[str]) -> str:
    taken, size = [], 0
    for piece in pieces:
        size += len(piece)
        if size > OUTPUT_MAX:
            raise ValueError(f"the rendered part is longer than {OUTPUT_MAX:,} characters")
        taken.append(piece)
    return "".join(taken)


def _personalization_token(context: Mapping[str, Any]) -> Any:
    """Returns HubL's function. It returns the property with a dotted path, else the default, else a missing property."""

    def personalization_token(path: str, default: Any = None) -> Any:
        label, _, name = path.partition(".")
        properties = context.get(label)
        if not isinstance(properties, Properties) or not name:
            raise ValueError(f"personalization_token('{path}'): expected 'contact.<property>' or 'custom.<property>'")
        if properties.get(name, "") != "":
            return properties[name]
        return Missing(obj=properties, name=name) if default is None else default

    return personalization_token


def _message_of(error: Exception) -> str:
    line = getattr(error, "lineno", None)
    text = getattr(error, "message", None) or str(error) or type(error).__name__
    return f"line {line}: {text}" if line else str(text)
