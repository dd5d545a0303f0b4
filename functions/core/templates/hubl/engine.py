"""HubL on Jinja2's engine: its sandbox, with HubL's grammar, values and functions, and our bounds.

A template that runs over a bound raises OverflowError. It must be rendered with `metered` in its context.
"""

from __future__ import annotations

import functools
import inspect
import re
from collections.abc import Callable, Iterable, Iterator, MutableMapping
from typing import Any

from jinja2 import TemplateRuntimeError, nodes, pass_context
from jinja2.compiler import CodeGenerator, Frame
from jinja2.lexer import TokenStream
from jinja2.runtime import BlockReference, Context, LoopContext, Macro, TemplateReference, markup_join
from jinja2.sandbox import ImmutableSandboxedEnvironment, SandboxedEscapeFormatter, SandboxedFormatter
from jinja2.utils import Cycler, Joiner, Namespace
from markupsafe import Markup, escape

from functions.core.templates.hubl import (
    grammar,
    language,
    methods,
    operators,
    rewriting,
    size_estimates,
    value_sizes,
    values,
)
from functions.core.templates.hubl.filters import dates
from functions.core.templates.hubl.filters.texts import escaped
from functions.core.templates.hubl.grammar import HublLexer, HublParser
from functions.core.templates.hubl.properties import ABSENT, Absent, Missing, Properties
from functions.core.templates.hubl.resource_limits import SIZE_MAX, TOO_LARGE, changes, pay, step
from functions.core.templates.hubl.values import Pair, elements, is_null, text

_JINJAS_OWN = frozenset({"_loop_vars", "_block_vars"})  # Jinja2 adds these to the arguments of a call inside a loop
_WITHOUT_CONTENT = frozenset({"caller", "super"})  # print nothing outside a call block, and without a layout
_LOOP = frozenset({"index", "index0", "revindex", "revindex0", "first", "last", "length", "depth", "depth0"})
_MEMBERS: dict[type, frozenset[str]] = {
    LoopContext: _LOOP | {"previtem", "nextitem"},
    Pair: frozenset({"key", "value"}),
    language.ValueGroup: frozenset({"grouper", "list"}),
    dates.Moment: frozenset(dates.MEMBERS),
    Cycler: frozenset({"current"}),
}


_SPECIAL = re.compile(r"[&<>'\"]").search  # most values have none: to look costs a third of an escape


class _CodeGenerator(CodeGenerator):
    """Prints values by one function of ours, and folds no constant: HubL's operators are not Python's."""

    def _output_child_to_const(self, node: nodes.Expr, frame: Frame, finalize: Any) -> str:
        if not isinstance(node, nodes.TemplateData):
            raise nodes.Impossible
        return str(super()._output_child_to_const(node, frame, finalize))

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        if frame.eval_ctx.volatile:
            self.write(
                "(environment.print_escaped if context.eval_ctx.autoescape else environment.print_plain)(context, "
            )
        else:
            self.write(f"environment.print_{'escaped' if frame.eval_ctx.autoescape else 'plain'}(context, ")

    def _output_child_post(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        self.write(")")


class HublEnvironment(ImmutableSandboxedEnvironment):
    code_generator_class = _CodeGenerator
    intercepted_binops = frozenset(operators.BINARY)
    intercepted_unops = frozenset(operators.UNARY)

    def __init__(self, *, autoescape: bool) -> None:
        super().__init__(undefined=Absent, autoescape=autoescape, cache_size=0, optimized=False)
        self.globals = {"namespace": Namespace, "cycler": Cycler, "joiner": Joiner, "dict": dict}
        self.globals |= {name: _function(name, function) for name, function in language.FUNCTIONS.items()}
        self.filters = {name: _filter(name, function) for name, function in language.FILTERS.items()} | _OWN_FILTERS
        self.tests = {name: _test(name, function) for name, function in language.TESTS.items()}

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """Jinja2's own are a chain of maps, which each rendering would copy slowly. Ours never change."""
        return {**self.globals, **(d or {})}

    @functools.cached_property
    def lexer(self) -> HublLexer:  # Jinja2 looks its own up in a cache of lexers
        return HublLexer(self)

    def _tokenize(
        self, source: str, name: str | None, filename: str | None = None, state: str | None = None
    ) -> TokenStream:
        return self.lexer.tokenize(source, name, filename, state)

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = HublParser(self, source, name, filename).parse()
        rewriting.Rewriting().visit(tree)
        return tree

    @staticmethod
    def concat(pieces: Iterable[str]) -> str:
        """Joins the pieces of a macro or a block."""
        texts = list(pieces)
        if sum(map(len, texts)) > SIZE_MAX:
            raise OverflowError(TOO_LARGE)
        return "".join(texts)

    @staticmethod
    def print_plain(context: Context, value: Any) -> str:
        """Counts a printed value: inside a macro or a block nothing else does before its end."""
        if value.__class__ is str:
            if len(value) > value_sizes.FREE:
                pay(context, len(value))
            return value
        pay(context, value_sizes.size(value))
        return text(value)

    @staticmethod
    def print_escaped(context: Context, value: Any) -> str:
        """Prints in HTML. A trusted text is printed as it is."""
        if value.__class__ is str:
            if len(value) > value_sizes.FREE:
                pay(context, len(value))
            if not _SPECIAL(value):
                return value
            return str.replace(escape(value), "&#34;", "&quot;") if '"' in value else escape(value)
        pay(context, value_sizes.size(value))
        return value if isinstance(value, Markup) else escaped(value)

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        for value in (left, right):
            if value.__class__ is Missing:
                value.record()
        if left.__class__ is not int or right.__class__ is not int or operator in {"*", "**"}:
            pay(context, size_estimates.OPERATORS[operator](left, right))
        return operators.BINARY[operator](left, right)

    def call_unop(self, context: Context, operator: str, arg: Any) -> Any:
        return operators.UNARY[operator](arg)

    # Parts of values.

    def getattr(self, obj: Any, attribute: str) -> Any:
        if isinstance(obj, dict):
            return obj.get(attribute)
        if isinstance(obj, Absent):
            return obj
        if isinstance(obj, Namespace):
            return _of_namespace(obj, attribute)
        if attribute in _MEMBERS.get(obj.__class__, ()):
            return getattr(obj.local if isinstance(obj, dates.Moment) else obj, attribute)
        if isinstance(obj, LoopContext) and attribute == "counter":
            return obj.index
        return ABSENT

    def getitem(self, obj: Any, argument: Any) -> Any:
        if isinstance(obj, dict):
            value = obj.get(argument) if isinstance(argument, str | int | float) else None
            return obj.get(text(argument)) if value is None else value
        if isinstance(obj, str | list | tuple | range):
            index = _index(argument)
            if index is not None:
                return obj[index] if -len(obj) <= index < len(obj) else ABSENT
        return (
            self.getattr(obj, text(argument))
            if not isinstance(argument, int)
            else obj
            if isinstance(obj, Absent)
            else ABSENT
        )

    # Calls.

    def call(self, context: Context, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        step(context)
        if obj.__class__ is Bound:
            named = {name: value for name, value in kwargs.items() if name not in _JINJAS_OWN}
            return obj.call(self, context, args, named, kwargs)
        if isinstance(obj, Macro):
            return self.call_macro(context, obj, args, kwargs)
        if isinstance(obj, Absent):
            obj.record()
            if isinstance(obj._undefined_obj, Properties):  # noqa: SLF001 - our own class
                return obj
            if obj._undefined_name in _WITHOUT_CONTENT:  # noqa: SLF001 - likewise
                return obj
            raise TemplateRuntimeError(f"'{obj._undefined_name}' is not a function")  # noqa: SLF001 - likewise
        if obj is dict:
            pay(context, size_estimates.paired(args, kwargs))
        return super().call(context, obj, *args, **kwargs)

    def call_macro(self, context: Context, macro: Macro, args: tuple[Any, ...], kwargs: dict[str, Any]) -> str:
        """Calls a macro. Further arguments are dropped, and lacking ones are absent."""
        if not macro.catch_varargs:
            args = args[: len(macro.arguments)]
        if not macro.catch_kwargs:
            accepted = {*macro.arguments, *_JINJAS_OWN, "caller"}
            kwargs = {name: value for name, value in kwargs.items() if name in accepted}
        result: str = super().call(context, macro, *args, **kwargs)
        pay(context, len(result))  # its size is exact after the call, and `concat` has limited it
        return result


_INDEX = re.compile(r"-?\d{1,9}")


def _index(argument: Any) -> int | None:
    """Returns a list's index, or None for a name."""
    if isinstance(argument, int | float):
        return int(argument)
    return int(argument) if isinstance(argument, str) and _INDEX.fullmatch(argument) else None


def _of_namespace(namespace: Namespace, attribute: str) -> Any:
    try:
        return getattr(namespace, attribute)
    except AttributeError:
        return ABSENT


class Bound:
    """A method of a value, before its call."""

    __slots__ = ("name", "owner")

    def __init__(self, owner: Any, name: str) -> None:
        self.owner, self.name = owner, name

    def call(
        self,
        environment: HublEnvironment,
        context: Context,
        args: tuple[Any, ...],
        named: dict[str, Any],
        kwargs: dict[str, Any],
    ) -> Any:
        owner, name = self.owner, self.name
        if is_null(owner):
            text(owner)  # records a missing one
            return owner
        if isinstance(owner, Namespace | TemplateReference):
            function = _of_namespace(owner, name) if isinstance(owner, Namespace) else owner[name]
            if isinstance(function, Macro | BlockReference):
                return environment.call(context, function, *args, **kwargs)
        if isinstance(owner, LoopContext | Cycler) and name in {"cycle", "changed", "next", "reset"}:
            return getattr(owner, name)(*args)
        if isinstance(owner, str) and name == "format":
            return _formatted(environment, context, owner, args, named)
        if isinstance(owner, dates.Moment):
            return _of_moment(context, owner, name, args)
        method = methods.method_of(owner, name)
        if method is None:
            raise TemplateRuntimeError(f"{values.kind(owner)} has no method '{name[:40]}'")
        for value in (*args, *named.values()):
            if isinstance(value, Absent):
                value.record()
        pay(context, size_estimates.of_method(methods.table_of(owner), name, owner, args, named))
        return _call(f"{name}()", method, (owner, *args), named)


def _call(name: str, function: Callable[..., Any], args: tuple[Any, ...], named: dict[str, Any]) -> Any:
    """Calls a function of ours. Arguments that do not fit are the template's error."""
    try:
        return function(*args, **named)
    except TypeError as error:
        if "argument" in str(error) and "()" in str(error):
            raise TemplateRuntimeError(f"{name} has wrong arguments") from error
        raise


def _of_moment(context: Context, at: dates.Moment, name: str, args: tuple[Any, ...]) -> Any:
    function = dates.METHODS.get(name)
    if function is None:
        raise TemplateRuntimeError(f"datetime has no method '{name[:40]}'")
    pay(context, size_estimates.of_filter("datetimeformat", at, args))
    return _call(f"{name}()", function, (at, *args), {})


def _formatted(
    environment: HublEnvironment, context: Context, pattern: str, args: tuple[Any, ...], named: dict[str, Any]
) -> str:
    """Returns Python's `str.format`, which the sandbox keeps from reading attributes."""
    pay(context, size_estimates.braces(pattern, *args, **named))
    trusted = isinstance(pattern, Markup)
    formatter = _EscapeFormatter(environment, escape=Markup.escape) if trusted else _Formatter(environment)
    return type(pattern)(formatter.vformat(pattern, args, named))


class _Formatter(SandboxedFormatter):
    """Writes HubL's values: nothing for null."""

    def format_field(self, value: Any, format_spec: str) -> Any:
        return super().format_field(value if values.is_number(value) else text(value), format_spec)


class _EscapeFormatter(SandboxedEscapeFormatter):
    """The same, in a trusted text."""

    def format_field(self, value: Any, format_spec: str) -> str:
        trusted = isinstance(value, Markup) or values.is_number(value)
        return super().format_field(value if trusted else text(value), format_spec)


# Filters, tests and functions.


@functools.cache
def _positional(function: Callable[..., Any]) -> int:
    """Returns how many arguments of a template a function takes. Read at its first use: to read a hundred takes a millisecond of a cold start."""
    parameters = list(inspect.signature(function).parameters.values())
    if any(parameter.kind is parameter.VAR_POSITIONAL for parameter in parameters):
        return 99
    return len(parameters) - (1 if hasattr(function, "jinja_pass_arg") else 0)


def _metered(name: str, function: Callable[..., Any], *, null_aware: bool) -> Callable[..., Any]:
    """Wraps a filter. It estimates the size first. A null value, and a missing one, give an absent result."""
    rule = size_estimates.FILTERS.get(name) or language.RULES.get(name)
    passes_context = hasattr(function, "jinja_pass_arg")
    by_name, lazy = name in language.NAMED, name in language.LAZY

    @pass_context
    def metered(context: Context, value: Any, *args: Any, **kwargs: Any) -> Any:
        if kwargs and not by_name:  # HubSpot's engine takes named arguments in the order of the call
            args, kwargs = (*args, *kwargs.values()), {}
        if not lazy:
            for used in (value, *args, *kwargs.values()):
                if isinstance(used, Absent):
                    used.record()
        if not null_aware and is_null(value):
            return value if isinstance(value, Absent) else ABSENT
        pay(context, rule(value, *args, **kwargs) if rule else value_sizes.size(value))
        args = args[: _positional(function) - 1] if args else args
        passed = (context, value, *args) if passes_context else (value, *args)
        return _call(f"{name}()", function, passed, kwargs)

    return metered


def _filter(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    return _metered(name, function, null_aware=name in language.NULL_AWARE)


def _function(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    return _metered(name, function, null_aware=name in language.NULL_AWARE)


def _test(name: str, function: Callable[..., Any]) -> Callable[..., bool]:
    """Wraps a test. It uses no value: a missing one does not pass, and that is no error."""

    @pass_context
    def test(context: Context, value: Any, *args: Any) -> bool:
        for weighed in (value, *args):
            if weighed.__class__ is not str or len(weighed) > SIZE_MAX // 100:
                pay(context, value_sizes.weight(weighed))
        return bool(_call(f"the test {name}", function, (value, *args), {}))

    return test


# The functions that the compiler writes.


@pass_context
def _counted(context: Context, items: Any, names: int = 1) -> Iterator[Any]:
    """Yields the elements of a loop. With several names, each element is a list or an entry, whose parts they are."""
    for item in elements(items):
        step(context)
        yield item if names == 1 else _parts(item, names)


def _parts(item: Any, names: int) -> Iterable[Any]:
    if not isinstance(item, list | tuple):
        raise TypeError(
            f"the loop has {names} names, but {values.kind(item)} has no parts: loop over map.items() for keys and values"
        )
    return [*item[:names], *[ABSENT] * (names - len(item))]


@pass_context
def _measured(context: Context, value: Any) -> Any:
    pay(context, value_sizes.size(value))
    return value


@pass_context
def _concatenated(context: Context, parts: list[Any]) -> str:
    pay(context, sum(map(value_sizes.size, parts)))
    texts = [part if isinstance(part, str) else text(part) for part in parts]
    return markup_join(texts) if context.eval_ctx.autoescape else "".join(texts)


@pass_context
def _compared(context: Context, left: Any, *operands: Any) -> bool:
    """Evaluates a comparison: its value, then signs and values in turn."""
    for sign, right in zip(operands[::2], operands[1::2], strict=True):
        if not (left.__class__ is int or right.__class__ is int):
            pay(context, value_sizes.weight(left) + value_sizes.weight(right))
        if not _COMPARISONS[sign](left, right):
            return False
        left = right
    return True


_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "==": values.equal,
    "!=": lambda left, right: not values.equal(left, right),
    **{sign: functools.partial(values.compare, sign) for sign in ("<", "<=", ">", ">=")},
    "in": lambda left, right: values.contains(right, left),
    "not in": lambda left, right: not values.contains(right, left),
}


def path_of(value: Any, *names: str) -> Any:
    """Returns the property at a fixed path. One that is absent is missing, if the request should have it."""
    if value.__class__ is not Properties:
        for name in names:
            value = _part(value, name)
        return value
    properties = value
    for position, name in enumerate(names):
        if not isinstance(value, dict):
            return ABSENT
        part = value.get(name)
        if part is None:
            return properties.absent(".".join(names[: position + 1]))
        value = part
    return value


def _optional_path_of(value: Any, *names: str) -> Any:
    """Returns the property at a fixed path of a condition, or of a value with a default. One that is absent is not missed."""
    part = path_of(value, *names)
    return ABSENT if part.__class__ is Missing else part


def _part(value: Any, name: str) -> Any:
    if isinstance(value, dict):
        return value.get(name)
    if isinstance(value, Namespace):
        return _of_namespace(value, name)
    return value if isinstance(value, Absent) else ABSENT


@pass_context
def _sliced(context: Context, value: Any, *bounds: Any) -> Any:
    result = operators.sliced(value, *bounds)
    pay(context, value_sizes.weight(result))
    return result


def _cycled(items: Any, loop: Any) -> Any:
    choices = list(elements(items))
    return choices[(loop.index0 if isinstance(loop, LoopContext) else 0) % len(choices)] if choices else ABSENT


@pass_context
def _changed(context: Context, value: Any, key: str) -> bool:
    last_values = changes(context)
    before, last_values[key] = last_values.get(key), value
    return not values.equal(before, value)


_OWN_FILTERS: dict[str, Callable[..., Any]] = {
    grammar.CHANGED: _changed,
    grammar.CYCLED: _cycled,
    rewriting.COMPARE: _compared,
    rewriting.CONCATENATED: _concatenated,
    rewriting.COUNTED: _counted,
    rewriting.MEASURED: _measured,
    rewriting.METHOD: Bound,
    rewriting.OPTIONAL_PATH: _optional_path_of,
    rewriting.PATH: path_of,
    rewriting.SLICE: _sliced,
    rewriting.TRUTH: values.truth,
    rewriting.TRUTHY: values.truthy,
}
