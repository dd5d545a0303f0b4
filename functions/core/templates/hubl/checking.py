"""Finds what a template names and HubL does not have: tags, filters, tests, methods, and arguments that cannot fit. Each error has what to
write instead.
"""

from __future__ import annotations

import difflib
import inspect
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from jinja2 import nodes

from functions.core.templates.hubl import language, methods
from functions.core.templates.hubl.filters import dates, locales
from functions.core.templates.hubl.grammar import CHANGED, CYCLED, OWN, HublParser
from functions.core.templates.hubl.rewriting import ROOTS

Finding = tuple[int, str]  # an offset, and a message

TAGS = frozenset(
    [
        "autoescape",
        "block",
        "call",
        "elif",
        "else",
        "extends",
        "filter",
        "for",
        "from",
        "if",
        "global_partial",
        "import",
        "include",
        "macro",
    ]
) | {"print", "raw", "set", "with", *HublParser.TAGS}
_ENDS = frozenset(f"end{tag}" for tag in TAGS)
# What HubSpot has and this service does not, and what to write instead.
REFUSED_TAGS = {
    "assign": "this is Liquid, not HubL: {% assign x = 1 %} → {% set x = 1 %}",
    "capture": "this is Liquid, not HubL: {% capture x %} → {% set x %}",
    **dict.fromkeys(["case", "when"], "this is Liquid, not HubL: {% case x %}{% when 1 %} → {% if x == 1 %}"),
    "comment": "this is Liquid, not HubL: {% comment %} → {# a comment #}",
    "elsif": "this is Liquid, not HubL: {% elsif x %} → {% elif x %}",
    "render": 'this is Liquid, not HubL: {% render "name" %} → {% include "name" %}',
    "tablerow": "this is Liquid, not HubL: {% tablerow x in xs %} → {% for x in xs %}, with the cells in it",
    "widget": "write its content itself",
    **dict.fromkeys(["module_attribute", "widget_attribute"], "write the content of its module itself"),
    "email_each": "loop over a list of the request: {% for item in custom.items %}",
    "email_flex_area": "write its content itself",
    "require_css": "write the style in <style>",
    "require_js": "an email has no script",
    "require_head": "write its content in <head>",
    "content_attribute": "write its content itself",
    "cta": "write a link: <a>",
    "rss": "give the items with the request: custom.items",
    "trans": "write a translation of the email",
    "stylesheet": "write the style in <style>",
}
REFUSED_FILTERS = {
    "render": "a value is never read as a template: print it",
    "geo_distance": "it needs a network",
    "closehtml": "write closed elements",
    "convert_rgb": "write the colour itself",
    "datetime": "write datetimeformat",
    "localtime": "write format_datetime with a time zone",
    "sanitize_html": "HTML of a value is escaped anyway",
    "translate": "write a translation of the email",
}

REFUSED_METHODS = dict.fromkeys(["replaceAll", "replaceFirst"], "write |regex_replace('expression', 'text')")


def tag_error(name: str) -> str:
    """Returns an error of an unknown tag."""
    advice = REFUSED_TAGS.get(name) or _near(name, TAGS)
    return f"there is no tag '{name[:40]}'" + (f": {advice}" if advice else "")


def is_tag(name: str) -> bool:
    return name in TAGS or name in _ENDS


def _near(name: str, names: Iterable[str]) -> str:
    matches = difflib.get_close_matches(name, list(names), 1)
    return f"is it '{matches[0]}'?" if matches else ""


def errors(tree: nodes.Template) -> Iterator[Finding]:
    """Yields every unknown filter, test and method, and every call with arguments that cannot fit."""
    for node in tree.find_all((nodes.Filter, nodes.Test, nodes.Call)):
        if isinstance(node, nodes.Filter):
            yield from _filter_errors(node)
        elif isinstance(node, nodes.Test):
            yield from _test_errors(node)
        elif isinstance(node, nodes.Call):
            yield from _call_errors(node, tree)


def _filter_errors(node: nodes.Filter) -> Iterator[Finding]:
    if node.name in {CHANGED, CYCLED}:
        return
    function = language.FILTERS.get(node.name)
    if function is None or node.name.startswith(OWN):
        advice = REFUSED_FILTERS.get(node.name) or _near(node.name, language.FILTERS)
        yield node.lineno, f"there is no filter '{node.name[:40]}'" + (f": {advice}" if advice else "")
    else:
        yield from _argument_errors(node, f"the filter {node.name}", function, 1)
        yield from _selection_errors(node)
        yield from _constant_errors(node, node.name, function, node.args)


# A value that fits, by the names of filters and functions. With it, an error is that of the arguments.
_SAMPLES: dict[str, Any] = {
    **dict.fromkeys(["date", "datetimeformat", "format_date", "format_datetime", "format_time", "today"], 0),
    **dict.fromkeys(["plus_time", "minus_time", "format_number", "format_currency", "format_currency_value"], 0),
    "regex_replace": "",
}


def _constant_errors(
    node: nodes.Filter | nodes.Call, name: str, function: Callable[..., Any], args: list[nodes.Expr]
) -> Iterator[Finding]:
    """Yields an error of constant arguments that fail with every value: a time zone, a locale or a pattern that does not exist."""
    arguments = [*args, *(keyword.value for keyword in node.kwargs)]
    if name not in _SAMPLES or node.dyn_args or node.dyn_kwargs:
        return
    values = [argument.value for argument in arguments if isinstance(argument, nodes.Const)]
    most = sum(parameter.kind is parameter.POSITIONAL_OR_KEYWORD for parameter in _parameters(function)) - 1
    if len(values) != len(arguments):
        return
    try:
        function(_SAMPLES[name], *values[: most if most > 0 else len(values)])
    except TypeError:  # too few arguments, which have an error of their own
        return
    except (ArithmeticError, LookupError, ValueError) as error:
        yield node.lineno, f"{name}: {error}"


_TEST_AT = {"select": 0, "reject": 0, "selectattr": 1, "rejectattr": 1}  # the position of a test's name


def _selection_errors(node: nodes.Filter) -> Iterator[Finding]:
    """Yields an error for a filter that takes the name of a test, or of an attribute, and does not get one."""
    if node.name == "map" and not (node.args or node.kwargs or node.dyn_args or node.dyn_kwargs):
        yield node.lineno, "the filter map needs the name of a filter or of an attribute: map('name')"
    at = _TEST_AT.get(node.name, len(node.args))
    name: Any = node.args[at] if at < len(node.args) else None
    if isinstance(name, nodes.Const) and name.value not in language.TESTS:
        advice = _near(str(name.value), language.TESTS)
        yield name.lineno, f"there is no test '{str(name.value)[:40]}'" + (f": {advice}" if advice else "")


def _test_errors(node: nodes.Test) -> Iterator[Finding]:
    function = language.TESTS.get(node.name)
    if function is None:
        advice = _near(node.name, language.TESTS)
        yield node.lineno, f"there is no test '{node.name[:40]}'" + (f": {advice}" if advice else "")
    else:
        yield from _argument_errors(node, f"the test {node.name}", function, 1)


def _call_errors(node: nodes.Call, tree: nodes.Template) -> Iterator[Finding]:
    if isinstance(node.node, nodes.Name):
        yield from _token_errors(node)
        function = language.FUNCTIONS.get(node.node.name)
        if function and node.node.name not in _names_set(tree):
            yield from _argument_errors(node, f"the function {node.node.name}", function, 0)
            yield from _constant_errors(node, node.node.name, function, node.args[1:])
        elif node.node.name == "today" and "today" not in _names_set(tree):
            yield from _constant_errors(node, "today", lambda _, *args: dates.functions(0)["today"](*args), node.args)
        return
    if isinstance(node.node, nodes.Getattr) and not _is_module(node.node.node, tree):
        yield from _method_errors(node, node.node)


_ANY_ARGUMENTS = frozenset({"format", "cycle", "changed", "next", "reset"})  # of a text, a loop and a cycler
_KINDS: dict[type, str] = {nodes.List: "list", nodes.Tuple: "list", nodes.Dict: "map", nodes.Concat: "text"}


def _method_errors(node: nodes.Call, method: nodes.Getattr) -> Iterator[Finding]:
    """Yields an error for a method that no value has, or that the constant before it lacks, and for arguments that fit none."""
    name, kind = method.attr, _kind_of(method.node)
    if name not in METHODS:
        advice = REFUSED_METHODS.get(name) or _near(name, METHODS)
        yield node.lineno, f"there is no method '{name[:40]}'" + (f": {advice}" if advice else "")
    elif name not in _ANY_ARGUMENTS:
        tables = [methods.TABLES[kind]] if kind else [*methods.TABLES.values(), dates.METHODS]
        functions = [table[name] for table in tables if name in table]
        if not functions:
            yield node.lineno, f"a {kind} has no method '{name[:40]}'"
        elif not any(_fits(function, node) for function in functions):
            usages = dict.fromkeys(f"{name}({', '.join(_names(function)[1:])})" for function in functions)
            yield node.lineno, f"the arguments do not fit: {' or '.join(usages)}"


def _kind_of(node: nodes.Node) -> str:
    """Returns the kind of a constant value, or an empty text."""
    if isinstance(node, nodes.Const):
        is_number = isinstance(node.value, int | float) and not isinstance(node.value, bool)
        return "text" if isinstance(node.value, str) else "number" if is_number else ""
    return _KINDS.get(type(node), "")


def _fits(function: Callable[..., Any], node: nodes.Call) -> bool:
    """Returns whether a function takes a value and these arguments. It may, if Python does not state its parameters."""
    if node.dyn_args or node.dyn_kwargs:
        return True
    try:
        inspect.signature(function).bind(None, *node.args, **{keyword.key: None for keyword in node.kwargs})
    except TypeError:
        return False
    except ValueError:
        return True
    return True


def _names(function: Callable[..., Any]) -> list[str]:
    try:
        return list(inspect.signature(function).parameters)
    except ValueError:
        return ["value"]


def _token_errors(node: nodes.Call) -> Iterator[Finding]:
    """Yields an error for `personalization_token('company.name')` without a default: only contact and custom have values."""
    if not (isinstance(node.node, nodes.Name) and node.node.name == "personalization_token") or node.kwargs:
        return
    path: Any = node.args[0].value if node.args and isinstance(node.args[0], nodes.Const) else "contact."
    if str(path).partition(".")[0] not in ROOTS and len(node.args) == 1:
        yield (
            node.lineno,
            f"'{str(path)[:40]}' has no value: add a default, or name contact.<property> or custom.<property>",
        )


METHODS = frozenset({*methods.NAMES, *dates.METHODS, *_ANY_ARGUMENTS})


def _names_set(tree: nodes.Template) -> set[str]:
    names = {name.name for name in tree.find_all(nodes.Name) if name.ctx != "load"}
    return names | {macro.name for macro in tree.find_all(nodes.Macro)}


def _is_module(node: nodes.Node, tree: nodes.Template) -> bool:
    """Returns whether a value may be an imported partial or a namespace, which have macros."""
    return isinstance(node, nodes.Name) and (node.name == "self" or node.name in _names_set(tree))


def _argument_errors(node: Any, what: str, function: Callable[..., Any], own: int) -> Iterator[Finding]:
    """Yields an error for too few arguments, and for names that the function does not have. `own` is the number of the value."""
    if node.dyn_args or node.dyn_kwargs:
        return
    parameters = list(_parameters(function))[own:]
    parameters = [parameter for parameter in parameters if parameter.kind is parameter.POSITIONAL_OR_KEYWORD]
    named = [keyword.key for keyword in node.kwargs]
    required = [parameter.name for parameter in parameters if parameter.default is parameter.empty]
    by_name = what.startswith("the filter ") and node.name in language.NAMED
    missing = required[len(node.args) + (0 if by_name else len(named)) :]
    takes_any = any(parameter.kind is parameter.VAR_KEYWORD for parameter in _parameters(function))
    unknown = [
        name for name in named if by_name and not takes_any and name not in {parameter.name for parameter in parameters}
    ]
    usage = f"{what.rpartition(' ')[2]}({', '.join(parameter.name for parameter in parameters)})"
    if [name for name in missing if name not in named or not by_name]:
        yield node.lineno, f"{what} needs more arguments: {usage}"
    if unknown:
        yield node.lineno, f"{what} has no argument '{unknown[0][:40]}': {usage}"
    yield from _locale_errors(node, [parameter.name for parameter in parameters])


def _locale_errors(node: Any, parameters: list[str]) -> Iterator[Finding]:
    """Yields an error for a literal locale whose language does not exist. One of a request falls back."""
    arguments = {**dict(zip(parameters, node.args, strict=False)), **{one.key: one.value for one in node.kwargs}}
    argument = arguments.get("locale")
    if not isinstance(argument, nodes.Const) or not isinstance(argument.value, str):
        return
    if not locales.is_in_cldr(argument.value):
        message = f"there is no locale '{argument.value[:40]}': expected a name such as 'de-DE'"
        yield argument.lineno, message


def _parameters(function: Callable[..., Any]) -> Iterator[inspect.Parameter]:
    """Yields a function's parameters, but for Jinja2's context."""
    parameters = list(inspect.signature(function).parameters.values())
    yield from parameters[1 if hasattr(function, "jinja_pass_arg") else 0 :]
