"""Templates are untrusted code: they run in Jinja2's sandbox, on plain data, up to a bound, and name every property that they lack."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, NoReturn

from jinja2 import Template, TemplateError, Undefined
from jinja2.exceptions import SecurityError

from functions.core import hubl_dates, languages
from functions.core.bounds import METERING, BoundedEnvironment, fresh_steps
from functions.core.email import Content, Revision
from functions.core.errors import GiveUp
from functions.core.send import SendResult

OUTPUT_MAX = 2_000_000  # characters of one rendered part: twenty times what Gmail shows before it clips


class Properties(Mapping[str, Any]):
    """A caller's properties as a template sees them. Their own names come before any method's: `custom.items` is the property."""

    __slots__ = ("label", "missing", "seen", "values_")

    def __init__(self, label: str, values: Mapping[str, Any], missing: set[str]) -> None:
        self.label, self.values_, self.missing = label, values, missing
        self.seen: dict[str, Any] = {}  # each value once: a loop may ask for a long list at every turn

    def __getitem__(self, name: str) -> Any:
        if name not in self.seen:
            value = self.values_[name]
            if value is None:  # JSON's null says as much as leaving the property out
                raise KeyError(name)
            self.seen[name] = _seen(f"{self.label}.{name}", value, self.missing)
        return self.seen[name]

    def __contains__(self, name: object) -> bool:
        return self.values_.get(name) is not None  # type: ignore[call-overload]  # asked with anything, as every mapping is

    def __iter__(self) -> Iterator[str]:
        return iter(self.values_)

    def __len__(self) -> int:
        return len(self.values_)

    def __str__(self) -> str:
        return str(self.values_)


def _seen(label: str, value: Any, missing: set[str]) -> Any:
    if type(value) is str:  # nearly always, and quicker asked than whether it is a mapping
        return value
    if isinstance(value, Mapping):
        return Properties(label, value, missing)
    if isinstance(value, list):
        return [_seen(f"{label}[{number}]", one, missing) for number, one in enumerate(value)]
    return value


class Missing(Undefined):
    """A value that the request lacks. Asking whether it is there is fine (`if`, `is defined`, `default`); using it is noted."""

    __slots__ = ()

    def _noted(self) -> None:
        if self._undefined_exception is not SecurityError and isinstance(self._undefined_obj, Properties):
            self._undefined_obj.missing.add(f"{self._undefined_obj.label}.{self._undefined_name}")
        else:
            raise self._undefined_exception(self._undefined_message)

    def __str__(self) -> str:
        self._noted()
        return ""

    def __html__(self) -> str:
        return str(self)

    def __iter__(self) -> Iterator[Any]:
        self._noted()
        return iter(())

    def __len__(self) -> int:
        self._noted()
        return 0

    def __getattr__(self, name: str) -> Missing:
        if name.startswith("__") or name in {"unsafe_callable", "alters_data", "jinja_pass_arg"}:  # Jinja2 asks itself
            raise AttributeError(name)
        self._noted()
        return self

    def __getitem__(self, name: str) -> Missing:  # type: ignore[override]  # Jinja2's own never returns, ours chains
        self._noted()
        return self

    def _fail_with_undefined_error(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        self._noted()
        raise MissingUsedError(self._undefined_name)

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = _fail_with_undefined_error
    __truediv__ = __rtruediv__ = __floordiv__ = __rfloordiv__ = __mod__ = __rmod__ = _fail_with_undefined_error
    __pow__ = __rpow__ = __neg__ = __pos__ = __abs__ = __round__ = _fail_with_undefined_error
    __lt__ = __le__ = __gt__ = __ge__ = __int__ = __float__ = __call__ = _fail_with_undefined_error


class MissingOrMethod(Missing):
    """`custom.items` where there is no such property: missing if it is used as one, the mapping's method if it is called."""

    __slots__ = ()

    def __call__(self, *args: Any) -> Any:
        return getattr(self._undefined_obj, str(self._undefined_name))(*args)


class MissingUsedError(TemplateError):
    """A missing value stood where only a real one can: in a sum, a comparison, a call."""


# What a template can make Python raise; anything else is a fault of ours.
_TEMPLATE_ERRORS = (
    TemplateError,
    ArithmeticError,
    AttributeError,
    AssertionError,
    LookupError,
    MemoryError,
    RuntimeError,
    SyntaxError,  # of the Python that Jinja2 makes: blocks nested too deep
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
    """What `tojson` writes of a value that JSON does not know."""
    if isinstance(value, Properties):
        return dict(value.values_)
    raise TypeError(f"{value!r} cannot be written as JSON")


_HTML, _PLAIN = _sandbox(autoescape=True), _sandbox(autoescape=False)
FILTER_NAMES = frozenset(_HTML.filters) - METERING
TEST_NAMES = frozenset(_HTML.tests)
NAMES = frozenset([*_HTML.globals, *hubl_dates.functions(0), "contact", "custom", "personalization_token"])


@dataclass(frozen=True, slots=True)
class _Parts:
    subject: Template
    html: Template
    text: Template


@dataclass(frozen=True, slots=True)
class Compiled:
    """A revision ready to render. Make it once per revision and keep it: compiling costs fifteen times what rendering does. A language
    is compiled when it is first asked for.
    """

    revision: Revision
    made: dict[str, _Parts]  # by language

    def parts(self, contact: Mapping[str, str]) -> _Parts:
        """In the contact's language, or in the revision's own. Raises GiveUp."""
        variants, language = self.revision.variants, self.revision.language
        if variants:
            language = languages.chosen(contact, {language, *variants}, language)
        if language not in self.made:
            self.made[language] = _compiled(variants[language])
        return self.made[language]


@dataclass(frozen=True, slots=True)
class Rendered:
    subject: str  # one line
    html: str
    text: str


def compiled(revision: Revision) -> Compiled:
    """Raises GiveUp with the line of the first syntax error."""
    return Compiled(revision, {revision.language: _compiled(revision.content)})


def check(content: Content) -> None:
    """Raises GiveUp where it cannot be made ready to render."""
    _compiled(content)


def _compiled(content: Content) -> _Parts:
    try:
        return _Parts(
            _PLAIN.from_string(content.subject), _HTML.from_string(content.html), _PLAIN.from_string(content.text)
        )
    except _TEMPLATE_ERRORS as error:
        raise GiveUp(SendResult.TEMPLATE_RENDER_EXCEPTION, _told(error)) from error


def render(
    template: Compiled,
    contact: Mapping[str, str],
    custom: Mapping[str, Any],
    *,
    now: float,
    links: Mapping[str, str] = MappingProxyType({}),
) -> Rendered:
    """`now`, in seconds since the epoch, is what the template's clock shows. Raises GiveUp: MISSING_TEMPLATE_PROPERTIES that names every property the template used and the request lacks, or
    TEMPLATE_RENDER_EXCEPTION for whatever else went wrong inside the template.
    """
    missing: set[str] = set()
    context: dict[str, Any] = {
        "contact": Properties("contact", contact, missing),
        "custom": Properties("custom", custom, missing),
        **hubl_dates.functions(now),
        **links,
    }
    context["personalization_token"] = _personalization_token(context)
    parts = template.parts(contact)
    subject, html, text = (_part(part, context, missing) for part in (parts.subject, parts.html, parts.text))
    if missing:
        names = ", ".join(sorted(missing))
        raise GiveUp(
            SendResult.MISSING_TEMPLATE_PROPERTIES, f"the template needs {names}, which the request does not give"
        )
    return Rendered(" ".join(subject.split()), html, text)


def _part(template: Template, context: Mapping[str, Any], missing: set[str]) -> str:
    try:
        return _bounded(template.generate({**context, **fresh_steps()}))
    except _TEMPLATE_ERRORS as error:
        if missing:  # that is what a caller can mend, and most likely the cause
            return ""
        raise GiveUp(SendResult.TEMPLATE_RENDER_EXCEPTION, _told(error)) from error


def _bounded(pieces: Iterator[str]) -> str:
    taken, size = [], 0
    for piece in pieces:
        size += len(piece)
        if size > OUTPUT_MAX:
            raise ValueError(f"the rendered part is longer than {OUTPUT_MAX:,} characters")
        taken.append(piece)
    return "".join(taken)


def _personalization_token(context: Mapping[str, Any]) -> Any:
    """HubL's function: the property named by a dotted path, else the default, else a missing property."""

    def personalization_token(path: str, default: Any = None) -> Any:
        label, _, name = path.partition(".")
        properties = context.get(label)
        if not isinstance(properties, Properties) or not name:
            raise ValueError(f"personalization_token('{path}'): expected 'contact.<property>' or 'custom.<property>'")
        if properties.get(name, "") != "":
            return properties[name]
        return Missing(obj=properties, name=name) if default is None else default

    return personalization_token


def _told(error: Exception) -> str:
    line = getattr(error, "lineno", None)
    text = getattr(error, "message", None) or str(error) or type(error).__name__
    return f"line {line}: {text}" if line else str(text)
