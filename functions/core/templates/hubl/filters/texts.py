"""HubL's filters of texts. In HTML a result is escaped like any other text, unless the value was trusted and the filter keeps it so."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
import unicodedata
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote_plus, unquote_plus

from jinja2 import pass_context
from jinja2.runtime import Context
from jinja2.utils import htmlsafe_json_dumps
from markupsafe import Markup, escape

from functions.core.templates.hubl.filters.markup_filters import truncatehtml
from functions.core.templates.hubl.formatting import formatted
from functions.core.templates.hubl.switches import flag, whole
from functions.core.templates.hubl.values import (
    elements,
    is_list,
    is_null,
    is_number,
    java_text,
    kind,
    number_of,
    parse,
    text,
)

Filter = Callable[..., Any]
# Few templates use these filters: `re` compiles a pattern at its first use, and caches it.
_SPACES = r"\s{2,}"
_LINK = r"(?i:\b(?:https?|ftp|file)://[-a-zA-Z0-9+&@#/%?=~_|!:,.;]*[-a-zA-Z0-9+&@#/%=~_|])"


def _same(value: Any, changed: str) -> str:
    """Returns the changed text, trusted if the text was."""
    return Markup(changed) if isinstance(value, Markup) else changed  # noqa: S704 - of a trusted text


# Letters.


def capitalize(value: Any) -> Any:
    """Capitalises the first letter, if its capital is one letter: not an ß."""
    if not isinstance(value, str):
        return value
    capital = value[:1].title()
    return (capital if len(capital) == 1 else value[:1].lower()) + value[1:].lower()


def lower(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else value


def upper(value: Any) -> Any:
    return value.upper() if isinstance(value, str) else value


def title(value: Any) -> str:
    """Capitalises the first letter of every word: of `it's`, only the I."""
    return _same(value, re.sub(r"[^\s]+", lambda match: _capital(match[0]), text(value)))


def _capital(word: str) -> str:
    at = next((number for number, letter in enumerate(word) if unicodedata.category(letter)[0] == "L"), len(word))
    capital = word[at : at + 1].title()
    first = capital if len(capital) == 1 else word[at : at + 1]  # ß has no capital of one letter
    return word[:at] + first + word[at + 1 :].lower()


def trim(value: Any) -> str:
    return _same(value, java_text(value).strip())


def string(value: Any) -> str:
    return value if isinstance(value, str) else java_text(value)


def center(value: Any, width: Any = 80) -> str:
    return _same(value, _centered(text(value), whole(width, 80)))


def _centered(word: str, width: int) -> str:
    left = max(0, width - len(word)) // 2
    return (" " * left + word).ljust(width)


# Parts.


def truncate(value: Any, length: Any = 255, killwords: Any = False, end: Any = "...") -> Any:
    """Cuts a text after `length` characters and adds the end. Whole words stay, with the space behind them."""
    if not isinstance(value, str):
        return value
    at = whole(length, 255)
    if len(value) <= at:
        return value
    if not flag(killwords):
        at = _before_last_word(value, at)
    return _same(value, value[: max(at, 0)] + text(end))


def _before_last_word(value: str, at: int) -> int:
    while 0 < at < len(value):
        at -= 1
        if value[at].isspace():
            break
    return at + 1


def cut(value: Any, to_remove: Any) -> str:
    return _same(value, text(value).replace(text(to_remove), ""))


@pass_context
def replace(context: Context, value: Any, old: Any, new: Any, count: Any = None) -> str:
    """Replaces a part. In HTML, what replaces is escaped if one of the texts is trusted, as in Jinja2."""
    source = value if isinstance(value, str) else text(value)
    replaced, by = (part if isinstance(part, str) else text(part) for part in (old, new))
    times = -1 if is_null(count) else whole(count, -1)
    if not replaced or is_null(new):
        return source
    if context.eval_ctx.autoescape and any(isinstance(part, Markup) for part in (source, replaced, by)):
        return escape(source).replace(replaced, by, times)
    return source.replace(replaced, by, times)


def split(value: Any, separator: Any = None, limit: Any = 0) -> list[str]:
    """Splits into trimmed pieces that are not empty. The limit-th piece has the rest."""
    most = whole(limit, 0)
    rest, parts = text(value), list[str]()
    while most <= 0 or len(parts) < most - 1:
        before, between, rest = _partition(rest, None if is_null(separator) else text(separator))
        if before.strip():
            parts.append(before.strip())
        if not between:
            return parts
    return [*parts, rest.strip()] if rest.strip() else parts


def _partition(value: str, separator: str | None) -> tuple[str, str, str]:
    if separator is not None:
        return value.partition(separator) if separator else (value, "", "")
    match = re.search(r"\s", value)
    return (value[: match.start()], match[0], value[match.end() :]) if match else (value, "", "")


def indent(value: Any, width: Any = 4, indentfirst: Any = False, blank: Any = False) -> str:
    """Indents the lines after the first, or all. Empty lines are indented too, as in HubSpot's engine."""
    before = text(width) if isinstance(width, str) and not width.isdecimal() else " " * whole(width, 4)
    lines = text(value).split("\n")
    indented = lines if flag(indentfirst) else lines[1:]
    written = [before + line for line in indented]
    return _same(value, "\n".join(written if flag(indentfirst) else [lines[0], *written]))


def wordwrap(value: Any, width: Any = 79, break_long_words: Any = True, wrapstring: Any = "\n") -> str:
    """Breaks a text at spaces. A line that the text has already does not begin a new count, as in HubSpot's engine."""
    lines = [
        _same(value, line)
        for line in _wrapped(text(value), max(1, whole(width, 79)), break_words=flag(break_long_words))
    ]
    between = escape(text(wrapstring)) if isinstance(value, Markup) else text(wrapstring)
    return between.join(lines)


def _wrapped(source: str, width: int, *, break_words: bool) -> Iterator[str]:
    at = 0
    while len(source) - at > width:
        if source[at] == " ":
            at += 1
            continue
        space = source.rfind(" ", at, at + width + 1)
        if space < 0 and break_words:
            yield source[at : at + width]
            at += width
            continue
        end = space if space >= 0 else source.find(" ", at + width)
        if end < 0:
            break
        yield source[at:end]
        at = end + 1
    yield source[at:]


def wordcount(value: Any) -> int:
    return sum(1 for _ in re.finditer(r"\w+", text(value)))


# Markup.


def escaped(value: Any) -> Markup:
    """Escapes as HubSpot's engine writes it: `&quot;`."""
    return value if isinstance(value, Markup) else Markup(str.replace(escape(text(value)), "&#34;", "&quot;"))  # noqa: S704 - just escaped


def force_escape(value: Any) -> Markup:
    return escaped(str(text(value)))


def striptags(value: Any) -> Any:
    """Returns the text of HTML in one line, with a space between two elements."""
    if not isinstance(value, str):
        return value
    visible = re.sub(r"<(script|style)\b.*?(?:</\1\b|\Z)", "</\\1", value, flags=re.IGNORECASE | re.DOTALL)
    spaced = re.sub(r"<(?:br|/?(?:p|div|li|ul|ol|tr|td|th|table|h[1-6]))\b", r" \g<0>", visible, flags=re.IGNORECASE)
    plain = Markup(spaced).striptags()  # noqa: S704 - its tags are taken out
    return re.sub(_SPACES, " ", str(escape(plain)).replace("&#34;", '"').replace("&#39;", "'")).strip()


def unescape_html(value: Any) -> str:
    return html.unescape(text(value))


def safe(value: Any) -> Any:
    return Markup(value) if isinstance(value, str) else value  # noqa: S704 - the author asserts it


def urlize(value: Any, trim_url_limit: Any = None, nofollow: Any = False, target: Any = "") -> Markup:
    """Links every address in a text."""
    source, limit = text(value), whole(trim_url_limit, len(text(value)) + 1)
    relation = ' rel="nofollow"' if flag(nofollow) else ""
    frame = f' target="{escape(text(target))}"' if text(target) else ""
    parts, at = list[str](), 0
    for match in re.finditer(_LINK, source):
        label = match[0] if len(match[0]) <= limit else match[0][: max(0, limit - 3)] + "..."
        parts += [_text_of(value, source[at : match.start()])]
        parts += [f'<a href="{escape(match[0])}"{relation}{frame}>{escape(label)}</a>']
        at = match.end()
    return Markup("".join([*parts, _text_of(value, source[at:])]))  # noqa: S704 - each part is escaped


def _text_of(value: Any, part: str) -> str:
    return part if isinstance(value, Markup) else str(escape(part))


def xmlattr(value: Any, autospace: Any = True) -> Markup:
    """Writes a map as a tag's attributes."""
    if not isinstance(value, dict):
        raise TypeError(f"expected a map, not {kind(value)}")
    for key in value:
        if re.search(r"[\s/>=]", text(key)):
            raise ValueError(f"'{text(key)[:40]}' is not the name of an attribute")
    pairs = [f'{escaped(text(key))}="{escaped(text(item))}"' for key, item in value.items()]
    return Markup((" " if flag(autospace) else "") + "\n".join(pairs))  # noqa: S704 - each part is escaped


def escape_json(value: Any) -> str:
    """Returns the inside of a JSON or JavaScript string. It has no character of HTML's syntax, so a script element may hold it."""
    inside = json.dumps(text(value))[1:-1].replace('\\"', "\\u0022")
    for mark in "<>&'":
        inside = inside.replace(mark, f"\\u{ord(mark):04x}")
    return inside


def escape_jinjava(value: Any) -> str:
    """Writes braces as HTML's entities."""
    return text(value).replace("{", "&lbrace;").replace("}", "&rbrace;")


# Codes.


def urlencode(value: Any) -> str:
    if isinstance(value, dict):
        return "&".join([f"{urlencode(text(key))}={urlencode(text(item))}" for key, item in value.items()])
    return quote_plus(text(value), safe="*").replace("~", "%7E")


def urldecode(value: Any) -> str:
    if isinstance(value, dict):
        return "&".join([f"{unquote_plus(text(key))}={unquote_plus(text(item))}" for key, item in value.items()])
    return unquote_plus(text(value))


def md5(value: Any) -> str:
    return hashlib.md5(text(value).encode(), usedforsecurity=False).hexdigest()


def base64_encode(value: Any, encoding: Any = "UTF-8") -> str:
    return base64.b64encode(text(value).encode(_charset(encoding))).decode("ascii")


def base64_decode(value: Any, encoding: Any = "UTF-8") -> str:
    return base64.b64decode(text(value), validate=True).decode(_charset(encoding))


def _charset(name: Any) -> str:
    codecs = {"UTF-8": "utf-8", "UTF-16LE": "utf-16-le", "UTF-16BE": "utf-16-be", "ISO-8859-1": "latin-1"}
    codecs["US-ASCII"] = "ascii"
    if text(name).upper() not in codecs:
        raise ValueError(f"the character set '{text(name)[:40]}' is not one of {', '.join(codecs)}")
    return codecs[text(name).upper()]


def tojson(value: Any, indent: Any = None) -> Markup:
    """Writes JSON that a script element may hold."""
    width = None if is_null(indent) else whole(indent, 0)
    separators = (",", ":") if width is None else None
    return htmlsafe_json_dumps(value, indent=width, separators=separators, default=_for_json)


def _for_json(value: Any) -> Any:
    """Converts a value that JSON lacks."""
    if is_null(value):
        text(value)
        return None
    if is_number(value):
        return int(value) if value == int(value) else float(value)
    return list(elements(value)) if is_list(value) else text(value)


def fromjson(value: Any) -> Any:
    source = text(value)
    try:
        return json.loads(source)
    except json.JSONDecodeError as error:
        raise ValueError(f"fromjson: {source[:40]!r} is not JSON: {error}") from error


# Formats.


def filesizeformat(value: Any, binary: Any = False) -> str:
    """Writes a size in octets."""
    octets = float(parse(text(value)) if isinstance(value, str) else number_of(value))
    base = 1024 if flag(binary) else 1000
    if octets == 1:
        return "1 Byte"
    if octets < base:
        return f"{int(octets)} Bytes"
    for power, letter in enumerate("KMGTPEZY", 2):
        if octets < base**power or letter == "Y":
            return f"{base * octets / base**power:.1f} {letter}{'iB' if base == 1024 else 'B'}"  # noqa: PLR2004 - the binary base
    raise AssertionError


def pprint(value: Any) -> Markup:
    """Writes a value with its type, for the author."""
    inner = dict(sorted(value.items(), key=lambda pair: text(pair[0]))) if isinstance(value, dict) else value
    return escaped(f"({kind(value)}: {java_text(inner)})")


FILTERS: dict[str, Filter] = {
    "b64decode": base64_decode,
    "b64encode": base64_encode,
    "base64_decode": base64_decode,
    "base64_encode": base64_encode,
    "capitalize": capitalize,
    "center": center,
    "cut": cut,
    "e": escaped,
    "escape": escaped,
    "escape_attr": escaped,
    "escape_html": escaped,
    "escape_jinjava": escape_jinjava,
    "escape_js": escape_json,
    "escape_url": urlencode,
    "escapejs": escape_json,
    "escapejson": escape_json,
    "filesizeformat": filesizeformat,
    "forceescape": force_escape,
    "format": formatted,
    "fromjson": fromjson,
    "indent": indent,
    "lower": lower,
    "md5": md5,
    "pprint": pprint,
    "replace": replace,
    "safe": safe,
    "split": split,
    "string": string,
    "striptags": striptags,
    "title": title,
    "tojson": tojson,
    "trim": trim,
    "truncate": truncate,
    "truncatehtml": truncatehtml,
    "unescape_html": unescape_html,
    "upper": upper,
    "urldecode": urldecode,
    "urlencode": urlencode,
    "urlize": urlize,
    "wordcount": wordcount,
    "wordwrap": wordwrap,
    "xmlattr": xmlattr,
}
