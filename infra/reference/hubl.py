"""docs/hubl.md: HubL as Staffetta reads it, from the dialect's own tables."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from functions.core.templates import default_content, site_settings
from functions.core.templates.hubl import checking, hubspot_names, language, methods
from functions.core.templates.hubl.filters import dates
from functions.core.templates.rendering import MEMBERS
from infra import ROOT

PAGE = ROOT / "docs" / "hubl.md"

_HEAD = """\
# HubL

This page is generated: `python -m infra.reference.hubl` writes it.

Templates are written in HubL, and read as HubSpot's open engine (Jinjava) reads them. What a template names and HubL here lacks is refused
by `check`, with its line and column, and with what to write instead.

**HTML is escaped.** In the HTML part, `<`, `>`, `&` and quotes of a value are written as entities. HubSpot's engine does not do that by
default. Write `{{ custom.html|safe }}` for a value that is trusted HTML. The subject and the text part are never escaped.

**Missing values.** A property of `custom` at a fixed path (`custom.order.number`) is required if it is printed without a default or a test.
Everything else is empty if it is absent: a contact's property, an index, a computed key, a part of a loop's element.

**Numbers** are printed with all their digits: `0.00001`, where HubSpot's engine prints `1.0E-5`. Whole numbers have no limit of 64 bits.
A literal has digits on both sides of its point: `0.5`, not `.5`. A character counts as one, also an emoji, which is two to the engine.

**Maps** are lists of their keys to loops and filters. The engine's default are the values, and one of its settings changes that.

**Errors.** A value of the wrong type (`'abc'|round`), a division by zero and an unreadable date fail the send, and the error names the
expression. Some of the engine's filters return this value unchanged, 0 or the present date. `check` refuses letters of date patterns that are not
of a day or a time, such as `YYYY`, which is the week's year: the year is `yyyy`.

In these tables, *same* means as in HubSpot's engine, *ours* means that the engine lacks it.
"""
_ENGINE_LACKS = {
    *("base64_decode", "base64_encode", "callable", "containing_all", "escape_attr", "escape_html", "escape_js"),
    *(
        "escape_url",
        "filter",
        "format_currency",
        "format_currency_value",
        "items",
        "max",
        "min",
        "right_to_left",
        "with",
    ),
}
_NUMBERS_ALIKE = "equal numbers are the same, of any type: 1 and 1.0"
DIFFERENT = {
    "pprint": "names a type as the function `type` does, not by a Java class",
    "groupby": "a group can be unpacked: `for value, items in list|groupby('name')`",
    "sort": "`attribute` may be given by name",
    "divide": "keeps decimals: 5 divided by 2 is 2.5",
    "batch": "the last row is filled only if there is something to fill with",
    "random": "the same choice in every part of a mail, and in every attempt",
    "shuffle": "the same order in every part of a mail, and in every attempt",
    "regex_replace": "expressions of RE2, in linear time, of up to 500 characters",
    "tojson": "`<`, `>`, `&` and `'` are escaped, so a script element may hold the result",
    "escapejs": "characters of HTML are escaped too",
    "datetimeformat": "reads ISO-8601 text, too",
    "urlize": "in HTML, the text around the links is escaped",
    "truncatehtml": "an element without text, such as an image, stays before the cut",
    "difference": _NUMBERS_ALIKE,
    "intersect": _NUMBERS_ALIKE,
    "symmetric_difference": _NUMBERS_ALIKE,
    "union": _NUMBERS_ALIKE,
    "escapejson": "characters of HTML are escaped too",
    "float": "has 15 digits, the engine's has 7",
    "forceescape": "escapes `'` too, and no letters with accents",
    "macro": "may call itself",
    "md5": "numbers are hashed too: the engine prints them",
    "minus_time": "reads ISO-8601 text, too",
    "plus_time": "reads ISO-8601 text, too",
    "sum": "exact: 0.1 and 0.2 are 0.3",
    "striptags": "a value is not read as a template first",
    "for": "a map gives its keys, so a loop with two names is over `map.items()`; `if` selects elements",
    "include": "resolved when an email is published",
    "import": "resolved when an email is published",
    "from": "resolved when an email is published",
    "global_partial": "resolved when an email is published",
    "extends": "resolved when an email is published",
    "type": "a decimal is a float, and a whole number an int",
}
_OPERATORS = [
    (
        "`+ - * / // % **`",
        (
            "same; text and numbers are converted to each other, null counts as 0, or as an empty text; `%` has the sign of the divisor, "
            "and formats a text: `'%s' % a`; `2 ** -1` is 0.5"
        ),
    ),
    ("`~`", "same"),
    (
        "`== != < <= > >=`, `eq ne lt le gt ge`",
        "same; a text that is no number is neither less nor greater than a number",
    ),
    ("`and or not`, `&& || !`", "same; the text `false` counts as false"),
    ("`in`, `not in`", "same"),
    ("`a ? b : c`, `b if a else c`", "same"),
    ("`is`, `is not`", "same; also with signs: `is > 2`"),
    ("`a[0]`, `a[1:3]`, `a['key']`, `a.key`", "same; an index of a text gives its character"),
    ("`div`, `mod`", "same"),
    ("`-5`", "different: the engine takes the minus of `{{ -5 }}` for white-space control"),
]


def page() -> str:
    tags = sorted(checking.TAGS)
    parts = [
        _HEAD,
        _section("Tags", [(f"`{tag}`", _status(tag)) for tag in tags]),
        _section("Module tags", _modules()),
        _section("Refused tags", _refused(checking.REFUSED_TAGS)),
        _section("Operators", _OPERATORS),
        _section("Filters", _functions(language.FILTERS, own=1)),
        _section("Refused filters", _refused(checking.REFUSED_FILTERS)),
        _section("Tests", _functions(language.TESTS, own=1)),
        _section("Functions", [*_functions(language.FUNCTIONS, own=0), *_further_functions()]),
        *(_section(f"Methods of a {name}", _methods(table)) for name, table in methods.TABLES.items()),
        _section("Methods of a date", _methods(dates.METHODS)),
        _section("Variables", _VARIABLES),
        _section("Refused variables and functions", _refused(hubspot_names.INSTEAD | hubspot_names.NO_MEMBER)),
    ]
    return "\n".join(parts)


def _modules() -> list[tuple[str, str]]:
    """Returns the tags of HubSpot's modules, which are read as their default content when an email is published."""
    exported = f"with `{default_content.EXPORTED}=True`, it prints nothing, and `{default_content.EXPORTS}.name.value` has its value"
    return [
        (_listed(sorted(default_content.TAGS)), f"the default content in its parameters; {exported}"),
        (
            f"`module`, {_listed(sorted(default_content.BLOCKS))}",
            (
                f"the same, of {_listed(sorted(f'@hubspot/{name}' for name in default_content.MODULES))}; "
                "any other module is refused by its name"
            ),
        ),
        (_listed(sorted(default_content.AREAS)), "what is between the tags"),
        ("`module_attribute`, `widget_attribute`", "the content of the block around it"),
    ]


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


_VARIABLES = [
    (
        "`contact`",
        "properties of the contact; `email`, `createdate`, `lastmodifieddate` and `hs_object_id` always have a value",
    ),
    ("`custom`", "the send's `customProperties`"),
    (_listed(f"content.{name}" for name in MEMBERS["content"]), "of the email; the rendered subject and From name"),
    ("`site_settings`", "a map of the settings below; each is a variable of its own, too"),
    (_listed(site_settings.NAMES), "[site settings](api.md#site-settings): nothing without a value"),
    ("`hub_id`, `portal_id`", "the stage's number"),
    ("`subscription_name`", "the name of the email's subscription type"),
    ("`year`, `current_year`", "the year, in UTC"),
    ("`local_dt`", "the time of the mail"),
    ("`html_lang`", "the mail's language"),
    ("`html_lang_dir`", '`dir="rtl"` if it is written from right to left, else empty'),
    ("`unsubscribe_link`, `unsubscribe_link_all`", "addresses, see [templates](templates.md#links)"),
    ("`dnd_area_stylesheet`", "nothing: areas have no grid of HubSpot's here"),
    ("`unsubscribe_section`, `unsubscribe_anchor`", "links with words in the mail's language: both links, or one"),
    ("`view_as_page_url`", "the page of the mail in a browser: see [templates](templates.md#links)"),
]


def _further_functions() -> list[tuple[str, str]]:
    return [
        ("`personalization_token(path, default)`", "same, of `contact` and `custom`; any other path has its default"),
        ("`today(timezone)`", "same; prints without `T`"),
        ("`unixtimestamp(value)`", "same"),
        ("`namespace(...)`", "same"),
        ("`cycler(...)`, `joiner(...)`, `dict(...)`", "ours: Jinja2's"),
    ]


def _section(title: str, rows: Iterable[tuple[str, str]]) -> str:
    lines = [f"| {name} | {meaning} |" for name, meaning in rows]
    return "\n".join([f"## {title}\n", "| name | meaning |", "| --- | --- |", *lines, ""])


def _status(name: str) -> str:
    if name in DIFFERENT:
        return f"different: {DIFFERENT[name]}"
    return "ours" if name in _ENGINE_LACKS else "same"


def _functions(table: Mapping[str, Callable[..., Any]], own: int) -> list[tuple[str, str]]:
    return [
        (f"`{name}{_usage(function, own)}`".replace("|", "\\|"), _status(name))
        for name, function in sorted(table.items())
    ]


def _usage(function: Callable[..., Any], own: int) -> str:
    parameters = list(inspect.signature(function).parameters.values())[own + hasattr(function, "jinja_pass_arg") :]
    names = [f"{'*' * (parameter.kind is parameter.VAR_POSITIONAL)}{parameter.name}" for parameter in parameters]
    return f"({', '.join(names)})" if names else ""


def _methods(table: Mapping[str, Callable[..., Any]]) -> list[tuple[str, str]]:
    return [(", ".join(f"`{name}`" for name in sorted(table)), "Java's and Python's names")]


def _refused(table: Mapping[str, str]) -> list[tuple[str, str]]:
    return [(f"`{name}`", advice.replace("<", "&lt;")) for name, advice in sorted(table.items())]


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
