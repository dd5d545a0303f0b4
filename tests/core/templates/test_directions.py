"""A mail in a right-to-left language gets its direction, and other languages' templates are named."""

from __future__ import annotations

import re

import pytest

from functions.core.emails.email import TemplateSource, TemplateSyntax
from functions.core.errors import Rejected
from functions.core.templates.translation import Translation, translated

HELLO = "مرحبا بكم في متجرنا"
WORDS = "word " * 40


def published(body: str, language: str = "", **parts: str) -> Translation:
    syntax = TemplateSyntax.MJML if "<mjml" in body else TemplateSyntax.HTML
    source = TemplateSource(subject=parts.get("subject", "S"), body=body, syntax=syntax, text="x" * 200)
    return translated(source, lambda _: None, own_language=language)


@pytest.mark.parametrize(
    ("html", "language", "expected"),
    [
        (f"<html><body><p>{HELLO}</p></body></html>", "en", '<html dir="rtl">'),
        (f'<html lang="en"><body><p>{HELLO}</p></body></html>', "en", '<html dir="rtl" lang="en">'),
        ('<HTML LANG="he"><body><p>{{ custom.x }}</p></body></HTML>', "", '<HTML dir="rtl" LANG="he">'),
        ("<html><body><p>{{ custom.x }}</p></body></html>", "ar-eg", '<html dir="rtl">'),
        ("{% if custom.x %}<html class=a>{% else %}<html class=b>{% endif %}<body>" + HELLO, "", '<html dir="rtl" class=b>'),
        (f'<html dir="ltr"><body><p>{HELLO}</p></body></html>', "ar", '<html dir="ltr">'),
        (f"<html><body><div dir=auto>{HELLO}</div></body></html>", "ar", "<html>"),
        (f"<html {{{{ html_lang_dir }}}}><body>{HELLO}</body></html>", "ar", "<html {{ html_lang_dir }}>"),
        (f"<html><style>p{{direction:ltr}}</style><body><p>{HELLO}</p></body></html>", "ar", "<html>"),
        ("<html><style>/* مرحبا مرحبا */</style><body>Hello {{ custom.مرحبا_مرحبا_مرحبا }}</body></html>", "en", "<html>"),
    ],
)  # fmt: skip
def test_the_direction_of_html(html: str, language: str, expected: str) -> None:
    assert expected in published(html, language).content.html


@pytest.mark.parametrize(
    ("mjml", "expected"),
    [
        ("<mj-text>{}</mj-text>", ("rtl", {"rtl"}, "right")),
        ("<mj-text align='left'>{}</mj-text>", ("rtl", {"rtl"}, "left")),
        ("<mj-text><p dir='rtl'>{}</p></mj-text>", ("auto", {"ltr"}, "left")),
    ],
)
def test_the_direction_of_mjml(mjml: str, expected: tuple[str, set[str], str]) -> None:
    body = f"<mjml><mj-body><mj-section><mj-column>{mjml.format(HELLO)}</mj-column></mj-section></mj-body></mjml>"
    html = published(body, "ar").content.html
    direction = re.search(r'<html[^>]* dir="(\w+)"', html)
    alignment = re.search(r'<div style="font-family[^"]*text-align:(\w+)', html)
    assert direction
    assert alignment
    assert (direction[1], {*re.findall(r"direction:(\w+)", html)}, alignment[1]) == expected


@pytest.mark.parametrize(
    ("html", "language", "code"),
    [
        (f"<p>{HELLO}</p>", "ar", "NO_DIRECTION"),
        (f'<html dir="ltr"><body>{HELLO}</body></html>', "ar", "NO_DIRECTION"),
        (f'<html dir="rtl"><body>{WORDS}</body></html>', "en", "WRONG_DIRECTION"),
        (f'<html lang="en"><body>{WORDS}</body></html>', "de", "WRONG_LANGUAGE"),
        (f'<html lang="de-AT"><body>{WORDS}</body></html>', "de", ""),
        (f'<html lang="{{{{ html_lang }}}}"><body>{WORDS}</body></html>', "de", ""),
        (f'<a href="javascript:void(0)">{WORDS}</a>', "", "REMOVED"),
        (f'<link rel="stylesheet" href="https://x.test/a.css">{WORDS}', "", "UNSUPPORTED"),
        (f'<link rel="stylesheet" href="https://fonts.googleapis.com/css?family=Lato">{WORDS}', "", ""),
        (f'<img src="a.png" alt="A">{WORDS}', "", ""),
        (f'<img src="a.png" alt="A" style="max-width:90px">{WORDS}', "", "NO_WIDTH"),
        (f'<img src="a.png" alt="A" style="width:100%">{WORDS}', "", "NO_WIDTH"),
        (f'<img src="a.png" alt="A" height=20>{WORDS}', "", ""),
    ],
)
def test_what_clients_show_wrongly_is_reported(html: str, language: str, code: str) -> None:
    assert [one.code for one in published(html, language).warnings] == ([code] if code else [])


@pytest.mark.parametrize(
    ("source", "language"),
    [
        ("{{#if custom.x}}a{{/if}}", "Handlebars"),
        ("{{#unless custom.x}}a{{/unless}}", "Handlebars"),
        ("{% if custom.x %}a{{else}}b{% endif %}", "Handlebars"),
        ("{{~custom.x~}}", "Handlebars"),
        ("{{@index}}", "Handlebars"),
        ("{{ this.name }}", "Handlebars"),
        ("{{!-- a note --}}", "Handlebars"),
        ("{{#each products}}{{name}}{{/each}}", "Mustachio"),
        ("{{#products}}{{.}}{{/products}}", "Mustachio"),
        ("{{{ custom.x }}}", "Mustachio"),
        ("{{&custom.x}}", "Mustache"),
        ('{{ custom.x | date: "%Y" }}', "Liquid"),
        ("{% for i in custom.xs limit:2 %}{% endfor %}", "Liquid"),
        ("{% if custom.a %}{% elsif custom.b %}{% endif %}", "Liquid"),
        ("{% case custom.x %}{% when 1 %}{% endcase %}", "Liquid"),
        ("{% comment %}x{% endcomment %}", "Liquid"),
        ("{% assign x = 1 %}", "Liquid"),
        ("<%= name %>", "ERB"),
        ("<% if x %>a<% end %>", "ERB"),
        ("<%# a note %>", "ERB"),
        ("*|FNAME|*", "Mailchimp"),
        ("%recipient.name%", "Mailgun"),
        ("Dear ${user.name}", "FreeMarker"),
        ("[% name %]", "Template Toolkit"),
    ],
)
@pytest.mark.parametrize("part", ["body", "subject"])
def test_another_language_is_named(source: str, language: str, part: str) -> None:
    try:
        reported = [*(published(WORDS + source) if part == "body" else published(WORDS, subject=source)).warnings]
    except Rejected as error:
        reported = [*error.errors]
    match = next(one for one in reported if re.search(rf"this is (\w+ or )?{language}.*, not HubL: ", one.message))
    assert (match.line, bool(match.column)) == (1, True)


@pytest.mark.parametrize(
    "source", ["5 < 6 %", "${{ custom.price }}", "100 %", "{{ custom.x|default('a') }}", "[50% off]", "a * | b"]
)
def test_plain_text_is_no_other_language(source: str) -> None:
    assert [one.code for one in published(WORDS + source).warnings] == []
