"""Jinja2's syntax errors in an author's words: what was read, and what is right. Jinja2 writes the names of its own tokens."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

_SIGNS = {
    "end of print statement": "}}",
    "end of statement block": "%}",
    "begin of print statement": "{{",
    "begin of statement block": "{%",
    "begin of comment": "{#",
    "end of comment": "#}",
}
_REASONS = {
    "tag name expected": "a tag begins with its name, as in {% if %}",
    "expected name or number": "expected a name or a number after the dot",
    "expected subscript expression": "expected an index or a key between [ and ]",
    "Missing end of comment tag": "the comment is not closed: write #}",
    "Missing end of raw directive": "{% raw %} is not closed: write {% endraw %}",
    "You cannot chain multiple tests with is": "a value has one test: join two tests with and",
    "can't assign to 'const'": "only a name can be set: {% set name = 1 %}",
}


def plain(message: str) -> str:
    """Returns the message of an error of Jinja2's lexer or parser. Any other message stays."""
    for pattern, written in _WRITTEN:
        if match := pattern.fullmatch(message):
            return written(*match.groups())
    return _REASONS.get(message, message)


def misplaced(tag: str, opened: Sequence[str]) -> str:
    """Returns the message of a tag that fits no other. `opened` are the tags around it."""
    if opened:
        return f"{{% {tag} %}} does not fit here: {{% {opened[-1]} %}} is open, and {{% end{opened[-1]} %}} closes it"
    if tag.startswith("end"):
        return f"{{% {tag} %}} has no {{% {tag.removeprefix('end')} %}} before it"
    return f"{{% {tag} %}} does not fit here: it belongs to a tag that is open"


def unclosed(tag: str) -> str:
    return f"{{% {tag} %}} is not closed: write {{% end{tag} %}}"


def _expected(right: str, read: str) -> str:
    sign = _sign(read)
    match right:
        case "end of print statement" | "end of statement block" if sign == "=":
            return f"expected {_sign(right)} or an operator, not =: two values are compared with =="
        case "end of print statement" | "end of statement block":
            return f"expected {_sign(right)} or an operator, not {sign}"
        case "name":
            return f"expected a name here, not {sign}"
        case "string":
            return f"expected a text in quotes, not {sign}"
    return f"expected {_sign(right)} here, not {sign}"


def _sign(token: str) -> str:
    """Returns the sign of a token as Jinja2 names it, or a word in quotes."""
    return _SIGNS.get(token, f"'{token}'" if token.isidentifier() else token)


def _without_value(read: str) -> str:
    if read == "}":
        return "a single } closes nothing: {{ ends with }}, and {% with %}"
    if read in {")", "]"}:
        return f"{read} closes nothing: it has no beginning"
    return f"expected a value before {_sign(read)}"


def _character(mark: str) -> str:
    if mark in "'\"":
        return f"the text that begins with {mark} is not closed"
    return f"the character {mark} has no meaning here"


_WRITTEN: tuple[tuple[re.Pattern[str], Callable[..., str]], ...] = tuple(
    (re.compile(pattern, re.DOTALL), written)
    for pattern, written in (
        (r"expected token '(.+)', got ['\"](.+)['\"]", _expected),
        (r"unexpected '(.)', expected '(.)'", lambda read, right: _expected(right, read)),
        (r"(?:unexpected|Expected an expression, got) ['\"](.+)['\"]", _without_value),
        (r"unexpected char ['\"]\\?(.)['\"]", _character),
    )
)
