"""MJML as npm's mjml compiles it: attribute by attribute, and whole mails as Chromium shows them."""

from __future__ import annotations

import itertools
import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from functions.core.templates.markup import MarkupSpan, attribute_list, spans
from functions.core.templates.mjml import compiler
from functions.core.templates.mjml.attribute_table import APPROXIMATED, ATTRIBUTES, WITHOUT_EFFECT
from functions.core.templates.source_map import MappedText
from tests.templates import npm
from tests.templates.browser import PROGRAM, Browser, browser

ROOT = Path(__file__).parent
RECORD: dict[str, tuple[str, str, bool]] = json.loads(
    (ROOT.parent / "core" / "templates" / "mjml_record.json").read_text("utf-8")
)
SHAPES = sorted((ROOT / "mjml").glob("*.mjml"))
_RANDOM = re.compile(r"(mj-carousel)-[0-9a-f]{8,}|\b[0-9a-f]{8,16}\b")
_OUTLOOK, _OUTLOOK_END = re.compile(r"<!--\[if[^\]]*\]>(?!<!)"), re.compile(r"<!\[endif\]-->")
_SHORT_COLOUR = re.compile(r"#([0-9a-f])([0-9a-f])([0-9a-f])(?![0-9a-f])")
_NO_HTML = re.compile("td vertical-align=")  # which no client reads

Delta = dict[str, int]


def ours(source: str) -> str:
    return compiler.to_html(MappedText.of("content.mjml", source)).text


def tokens(html: str) -> Counter[str]:
    """Returns each tag, attribute, class, declaration, rule and text, in comments for Outlook, too."""
    html = _RANDOM.sub(r"\1", html).replace("mj-carousel--", "mj-carousel-").replace("<!--<![endif]-->", "")
    html = _OUTLOOK_END.sub("", _OUTLOOK.sub("", html))
    read = [
        span for span in spans(html) if span.kind not in {"close", "comment"} and html[span.start : span.end].strip()
    ]
    order = (f"{one.name or 'text'} before {other.name or 'text'}" for one, other in itertools.pairwise(read))
    return Counter(
        token for span in read for token in (*_tokens(html, span), next(order, "")) if not _NO_HTML.match(token)
    )


def _tokens(html: str, span: MarkupSpan) -> Iterator[str]:
    if span.kind == "text":
        yield from re.split("[{}]", re.sub(r"\s+", "", html[span.start : span.end]))
    elif span.kind in {"open", "empty"}:
        yield span.name
        for attribute in attribute_list(html, span):
            yield from _values(span.name, attribute.name, attribute.value or "")


def _values(tag: str, attribute: str, value: str) -> Iterator[str]:
    if attribute == "style":
        pairs = (declaration.partition(":") for declaration in value.split(";") if declaration.strip())
        yield from (f"{tag} {name}:{_plain(last)}" for name, last in {one[0].strip(): one[2] for one in pairs}.items())
    elif attribute == "class":
        yield from (f"{tag} .{name}" for name in value.split())
    else:
        yield f"{tag} {attribute}={_plain(value).removesuffix('px')}"


def _plain(value: str) -> str:
    plain = " ".join(value.split()).lower().replace("&#39;", "'").replace("&quot;", "'")
    return _SHORT_COLOUR.sub(r"#\1\1\2\2\3\3", plain)


def delta(without: str, with_it: str) -> Delta:
    before, after = tokens(without), tokens(with_it)
    return {token: after[token] - before[token] for token in before | after if before[token] != after[token]}


def listed(element: str, attribute: str) -> str:
    if attribute in WITHOUT_EFFECT.get(element, ()):
        return "no effect"
    return "approximated" if attribute in APPROXIMATED.get(element, ()) else "same"


def test_the_table_is_what_npms_mjml_does(tmp_path: Path) -> None:
    sources = sorted({source for without, with_it, _ in RECORD.values() for source in (without, with_it)})
    theirs = npm.run("mjml.mjs", dict(zip(sources, sources, strict=True)), tmp_path)
    different = {}
    for pair, (without, with_it, acts) in RECORD.items():
        expected, actual = delta(theirs[without], theirs[with_it]), delta(ours(without), ours(with_it))
        assert bool(expected) == acts, pair
        effect = "same" if expected == actual else "approximated" if actual else "no effect"
        if effect != listed(*pair.split()):
            different[pair] = (effect, expected, actual)
    assert different == {}


def test_the_table_has_every_attribute_of_npms_mjml(tmp_path: Path) -> None:
    theirs = json.loads(npm.run("attributes.mjs", {}, tmp_path)["attributes"])
    assert {name: set(theirs[name]) for name in ATTRIBUTES.keys() & theirs} == {
        name: set(ATTRIBUTES[name]) for name in ATTRIBUTES.keys() & theirs
    }
    assert theirs.keys() - ATTRIBUTES.keys() == {"mj-include"} & theirs.keys()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as opened:
        yield opened


@pytest.mark.skipif(not PROGRAM, reason="takes pictures with Chromium, which is not installed")
def test_whole_mails_look_as_npms_mjml_makes_them(tmp_path: Path, chromium: Browser) -> None:
    sources = {path.stem: path.read_text("utf-8") for path in SHAPES}
    theirs = npm.run("mjml.mjs", sources, tmp_path)
    different = list[str]()
    for name, source in sources.items():
        for width, dark in ((600, False), (375, True)):
            pictures = list[bytes]()
            for html in (theirs[name], ours(source)):
                chromium.show(html, width=width, dark=dark)
                pictures.append(chromium.picture())
            if pictures[0] != pictures[1]:
                different.append(f"{name}-{width}")
                for picture, maker in zip(pictures, ("npm", "ours"), strict=True):
                    (tmp_path / f"{name}-{width}-{maker}.png").write_bytes(picture)
    assert (different, len(sources) >= 6) == ([], True)
