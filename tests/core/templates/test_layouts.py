from __future__ import annotations

import pytest

from functions.core.errors import Rejected
from functions.core.templates.layouts import assembled, uses
from functions.core.templates.source_map import MappedText

PARTIALS = {
    "base": "A{% block a %}x{% endblock %}B{% block b %}y{% block c %}z{% endblock %}{% endblock %}",
    "mid": '{% extends "base" %}{% block a %}mid({{ super() }}){% endblock %}',
    "part": "<p>\n{% include 'inner' %}</p>",
    "inner": "in",
    "lib": "text {% macro b(t) %}<b>{{ t }}</b>{% endmacro %}\n{% set c = 1 %}{% set d %}D{% endset %}{{ c }}",
    "theme/base.html": "{% include './parts/foot.html' %}",
    "theme/parts/foot.html": "foot{% include '../top.html' %}",
    "theme/top.html": "top",
    "round": "{% include 'trip' %}",
    "trip": "{% include 'round' %}",
    "many": "{% include 'part' %}" * 400,
    **{f"deep{level}": f"{{% include 'deep{level + 1}' %}}" for level in range(30)},
}


def whole(source: str) -> str:
    result = assembled(MappedText.of("content.html", source), PARTIALS.get)
    if result.errors:
        raise Rejected(result.errors)
    return result.text.text


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("{% include 'part' %}{%- include \"inner\" -%} x", "<p>\nin</p>inx"),
        ("{% extends 'base' %}", "AxByz"),
        ("{% extends 'mid' %}\n{# me #}{% block a %}me[{{ super() }}]{% endblock %}{% block c %}C{% endblock %}", "Ame[mid(x)]ByC"),
        ("{% extends 'base' %}{% block b %}{% include 'inner' %}{{ super() }}{% endblock %}", "AxBinyz"),
        ("{% raw %}{% include 'part' %}{% endraw %}", "{% raw %}{% include 'part' %}{% endraw %}"),
        ("{# {% include 'part' %} #}", "{# {% include 'part' %} #}"),
        ("{% block a %}stays{% endblock %}", "{% block a %}stays{% endblock %}"),
        ("{% include 'theme/base.html' %}", "foottop"),
        ("{% include './theme/top.html' %}{% include '/theme/top.html' %}", "toptop"),
        ("{% extends 'base' %}hello{% set x = 1 %}{# c #}{{ x }}", "{% set x = 1 %}AxByz"),
        ("a{% import 'lib' %}z", "a{% macro b(t) %}<b>{{ t }}</b>{% endmacro %}{% set c = 1 %}{% set d %}D{% endset %}z"),
        ("{% from 'lib' import b %}z", "{% from 'lib' import b %}{% macro b(t) %}<b>{{ t }}</b>{% endmacro %}{% set c = 1 %}{% set d %}D{% endset %}{% endfrom %}z"),
    ],
)  # fmt: skip
def test_partials_and_layouts_are_assembled_as_text(source: str, text: str) -> None:
    assert whole(source) == text


@pytest.mark.parametrize(
    ("source", "where", "place", "message"),
    [
        ("x\n {% include 'nothing' %}", "content.html", (2, 2), "there is no partial 'nothing'"),
        ("{% include '../receipt/email' %}", "content.html", (1, 1), "there is no partial"),
        ("{% include custom.x %}", "content.html", (1, 1), "must name one partial in quotes"),
        ("{% include 'part' ignore missing %}", "content.html", (1, 1), "must name one partial in quotes"),
        ("{% import part as part %}", "content.html", (1, 1), "must name one partial in quotes"),
        ("{% import 'nothing' as part %}", "content.html", (1, 1), "there is no partial 'nothing'"),
        ("{% include 'round' %}", "partial trip", (1, 1), "round > trip > round"),
        ("{% extends 'mid' %}{% block q %}{% endblock %}", "content.html", (1, 20), "has no block 'q'"),
        ("{% extends 'base' %}{% block a %}", "content.html", (1, 21), "does not end"),
        ("{% extends 'base' %}{% endblock %}", "content.html", (1, 21), "does not begin"),
        ("{% extends 'base' %}{% block %}{% endblock %}", "content.html", (1, 21), "must name its block"),
        ("{% include 'many' %}", "partial part", (2, 1), "at most 500 partials"),
        ("{% include 'deep0' %}", "partial deep19", (1, 1), "20 deep"),
    ],
)
def test_an_assembly_error_names_its_source(source: str, where: str, place: tuple[int, int], message: str) -> None:
    with pytest.raises(Rejected, match=message) as caught:
        whole(source)
    (error,) = caught.value.errors
    assert (error.field, error.line, error.column) == (where, *place)


@pytest.mark.parametrize(
    ("source", "name", "expected"),
    [
        ("{% include 'part' %}", "inner", True),
        ('{%- extends "mid" %}', "base", True),
        ("{% import 'theme/base.html' as x %}", "theme/top.html", True),
        ("{% global_partial path='part' %}", "part", True),
        ("{% include 'round' %}", "other", False),
        ("{% include 'gone' %}", "gone", True),
        ("part", "part", False),
    ],
)
def test_a_text_uses_what_its_partials_use(source: str, name: str, expected: object) -> None:
    assert uses(source, name, PARTIALS.get) is expected
