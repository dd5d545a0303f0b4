"""Every warning about an email has words in each language of the console."""

from __future__ import annotations

import re

import pytest

from functions.core.emails import document_fields, images
from functions.core.emails.email import TemplateSource, TemplateSyntax
from functions.core.errors import FieldError
from functions.core.templates import translation
from functions.core.templates.checking import checks
from functions.core.templates.mjml import compiler
from functions.core.templates.translation import translated
from functions.i18n.languages import NAMES, SOURCE
from functions.pages.error_words import message_of
from infra import ROOT

LONG = "x" * 200
MJML = "<mjml><mj-body><mj-section gutter='1px'><mj-column>{}</mj-column></mj-section></mj-body></mjml>"
MJML_PARTS = "<mj-image src='https://x.test/a.png' /><mj-text href='x' nothing='x'>{{ unsubscribe_link }}</mj-text>"
LETTERS = "مرحبا بالعالم"
PARTS = (
    "<img src='https://x.test/a.png'><img src='data:image/png;base64,x' alt='' style='width:90px'>",
    "<script>x</script><p onclick='x()'><a href='javascript:x'>x</a><a href='http://x.test'>x</a></p><video></video>",
    "<link rel=stylesheet href='https://x.test/a.css'><p style='clip-path:none;position:fixed;animation:x'>x</p>",
    "<style>" + "@media x{.a{color:red}}" * 1_000 + "@media x{@supports (x:y){.b{color:red}}}</style>",
    "<style>p{color:red}{% if custom.x %}a{color:blue}{% endif %}</style><p>x</p>",
    "<style>p{color:red}</style>{% if custom.x %}<p>x</p>{% else %}<p {{ custom.y }}>x</p>{% endif %}",
    "<html ⚡4email><body>x</body></html>",
    f"<p>{LETTERS}</p>",
    "<html dir=rtl lang=de><body>many words</body></html>",
    "<p>" + "x" * 110_000 + "</p>",
    "<%= name %> *|NAME|* {{ contact.city }} {{ site_settings.company_name }} {{ subscription_name }}",
    "{{ custom.login_code }} <a href='https://x.test/reset?token={{ custom.t }}'>x</a>",
)


def warnings() -> list[FieldError]:
    html = [TemplateSource(subject="S", body=body, syntax=TemplateSyntax.HTML, text=LONG) for body in PARTS]
    html.append(TemplateSource(subject="S", body="<img alt='' src='https://x.test'>", syntax=TemplateSyntax.HTML))
    html.append(TemplateSource(subject="S", body=PARTS[7], syntax=TemplateSyntax.HTML, text=LETTERS))
    html.append(TemplateSource(subject="S", body=MJML.format(MJML_PARTS), syntax=TemplateSyntax.MJML, text=LONG))
    return [
        *(one for source in html for one in translated(source, lambda _: None, own_language="en").warnings),
        *document_fields.unknown_fields({"subjekt": "x", "from": {"unknown": 1}}),
        images.foreign_warning("https://x.test/a.png"),
        *images.host_warnings(["<img src='https://d111111abcdef8.cloudfront.net/images/a.png'>"]),
    ]


def test_every_code_of_a_warning_is_here() -> None:
    """A new one needs an example above."""
    modules = (checks, compiler, translation)
    texts = [(ROOT / str(module.__name__).replace(".", "/")).with_suffix(".py").read_text() for module in modules]
    codes = {code for text in texts for code in re.findall(r'"([A-Z]+_?[A-Z_]{2,})"', text)}
    no_warning = {"MISSING_UNSUBSCRIBE_LINK", "REQUIRED_FIELD", "TOO_LARGE"}
    assert codes - {warning.code for warning in warnings()} - no_warning == set()


@pytest.mark.parametrize("language", set(NAMES) - {SOURCE})
def test_a_warning_is_in_the_persons_language(language: str) -> None:
    same = [one.message for one in warnings() if message_of(one.message, language, "UTC") == one.message]
    assert same == []
