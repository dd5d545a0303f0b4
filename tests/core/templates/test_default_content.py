"""HubSpot's module tags, as their default content."""

from __future__ import annotations

import pytest

from functions.core.errors import Rejected
from functions.core.templates.default_content import expanded
from functions.core.templates.source_map import MappedText


def content(source: str) -> str:
    result = expanded(MappedText.of("content.html", source))
    if result.errors:
        raise Rejected(result.errors)
    return result.text.text


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("a{% text 'x' label='L', value='V' %}b", "aVb"),
        ('{% text "x" %}|{% textarea "y" label="a" value="b" no_wrapper=True %}', "|b"),
        ("{% rich_text 'x' html='<p>Hi {{ contact.firstname }}</p>' %}", "<p>Hi {{ contact.firstname }}</p>"),
        ("{% text 'x' value=custom.a|upper label='L' %}", "{{ custom.a|upper }}"),
        ("{% text 'x' value='a\\'b' %}", "a'b"),
        ("{% header 'x' header_tag='h2' value='T' %}{% header 'y' value='U' %}", "<h2>T</h2><h1>U</h1>"),
        ("{% color 'c' color='#fff' %}{% boolean 'b' value=True %}{% choice 'd' value='x', choices='x,y' %}", "#fff{{ True }}x"),
        ("{% image 'i' src='https://a/b?c&d' alt='A \"b\"' width=30 %}", '<img src="https://a/b?c&amp;d" alt="A &quot;b&quot;" width="30">'),
        ("{% linked_image 'i' src='s' link='https://l' %}", '<a href="https://l"><img src="s" alt=""></a>'),
        ("{% module 'm' path='@hubspot/rich_text', html='<b>x</b>' %}", "<b>x</b>"),
        ("{% module 'm' path='@hubspot/email_logo', img={'src': 's', 'alt': 'a'}, link='l' %}", '<a href="l"><img src="s" alt="a"></a>'),
        ("{% module 'm' path='@hubspot/button' text='Go' url={'url': {'href': 'https://g'}} %}", '<a href="https://g">Go</a>'),
        ("{% module 'm' path='@hubspot/email_divider' %}", "<hr>"),
        (
            ("{% dnd_area 'm' label='M' %}\n{% dnd_section %}{% dnd_column %}{% dnd_row %}x{% end_dnd_row %}{% end_dnd_column %}"
            "{% end_dnd_section %}{% end_dnd_area %}"),
            "\nx",
        ),
        (
            ("{% dnd_module path='@hubspot/rich_text' %} {% module_attribute 'html' %}<p>{{ contact.a }}</p>"
            "{% end_module_attribute %} {% end_dnd_module %}z"),
            "<p>{{ contact.a }}</p>z",
        ),
        (
            ("{% widget_block rich_text 'w' overrideable=True %}{% widget_attribute 'html' %}A{% if custom.a %}B{% endif %}"
            "{% end_widget_attribute %}{% end_widget_block %}"),
            "A{% if custom.a %}B{% endif %}",
        ),
        (
            ("{% module_block module 'm' path='@hubspot/image' %}{% module_attribute 'img' is_json=True %}{\"src\": \"s\"}"
            "{% end_module_attribute %}{% end_module_block %}"),
            '<img src="s" alt="">',
        ),
        (
            "{% text 's' value='V' export_to_template_context=True %}{{ widget_data.s.value }}",
            "{% set widget_data = {\"s\": {\"value\": 'V', \"export_to_template_context\": True, }, } %}{{ widget_data.s.value }}",
        ),
        ("{% raw %}{% text 'x' value='V' %}{% endraw %}", "{% raw %}{% text 'x' value='V' %}{% endraw %}"),
        ("no tags, {{ custom.a }}", "no tags, {{ custom.a }}"),
    ],
)  # fmt: skip
def test_a_module_tag_is_its_default_content(source: str, text: str) -> None:
    assert content(source) == text


def test_an_attribute_in_too_many_levels_is_text() -> None:
    deep = "[" * 5000 + "]" * 5000
    attribute = f"{{% module_attribute 'html' is_json=True %}}{deep}{{% end_module_attribute %}}"
    block = f"{{% module_block module 'm' path='@hubspot/rich_text' %}}{attribute}{{% end_module_block %}}"
    assert content(block) == deep


def test_every_module_without_content_is_refused_at_its_place() -> None:
    source = (
        "{% module 'a' path='@hubspot/cta' %}\n{% module 'b' path='../modules/cart' html='x' %}{% image 'i' alt='a' %}"
        "{% text 'x' label %}{% module 'c' %}{% text 'fine' value='v' %}"
    )
    result = expanded(MappedText.of("content.html", source))
    assert result.text.text == "\nv"
    assert [(error.line, error.column, error.message.partition(":")[0]) for error in result.errors] == [
        (1, 1, "the module '@hubspot/cta' is not available"),
        (2, 1, "the module '../modules/cart' is not available"),
        (2, 49, "the tag 'image' has no default content here"),
        (2, 72, "cannot be read"),
        (2, 92, "the tag 'module' is not available"),
    ]


def test_a_block_without_end_is_an_error() -> None:
    result = expanded(MappedText.of("content.html", "{% dnd_module path='@hubspot/text' %}a{% text 'x' value='b' %}"))
    assert result.text.text == "ab"
    assert [error.message for error in result.errors] == ["has no end: {% end_dnd_module %}"]


def test_errors_inside_of_content_have_their_own_place() -> None:
    result = expanded(MappedText.of("content.html", "ab{% rich_text 'x' html='<p>{{ y }}</p>' %}"))
    error = result.text.error(result.text.text.index("y"), "m")
    assert (error.line, error.column) == (1, 32)
