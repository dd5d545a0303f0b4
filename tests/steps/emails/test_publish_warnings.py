from __future__ import annotations

import pytest
from msgspec.structs import replace

from functions.core.emails.email import TemplateSyntax
from functions.core.errors import ERRORS_MAX
from tests.fakes.emails import MemoryEmails, MemoryImages
from tests.support.publishing import BODY, a_draft, a_source, publication


def test_warnings_do_not_refuse_an_email() -> None:
    body = (
        "<img src='http://x.test/a.png'><a href='https://x.test'>x</a><video></video><p style='position:absolute'>x</p>"
    )
    published = publication(MemoryEmails())(a_draft(a_source(body=body, syntax=TemplateSyntax.HTML, text="")))
    assert [warning.code for warning in published.warnings] == [
        "LITTLE_TEXT", "NO_ALT", "NOT_HTTPS", "UNSUPPORTED", "UNSUPPORTED"
    ]  # fmt: skip
    large = publication(MemoryEmails())(a_draft(a_source(body="x" * 105_000, syntax=TemplateSyntax.HTML, text="x")))
    assert [warning.code for warning in large.warnings] == ["CLIPPED"]


class LocalImages(MemoryImages):
    def url(self, name: str) -> str:
        return f"http://127.0.0.1:8080/images/{name}"


@pytest.mark.parametrize(
    ("address", "warned"),
    [
        ("http://127.0.0.1:8080/images/a.png", False),  # as the local stack serves it
        ("http://127.0.0.1:8080/images-of-others/a.png", True),
        ("http://x.test/images/a.png", True),
    ],
)
def test_an_own_image_of_the_local_stack_makes_no_warning(address: str, warned: object) -> None:
    step = replace(publication(MemoryEmails()), images=LocalImages())
    body = f"<p>{'x' * 200}<img alt='x' width='9' src='{address}'></p>"
    warnings = step.check(a_draft(a_source(body=body, syntax=TemplateSyntax.HTML, text="x")), sendable=False).warnings
    assert ("NOT_HTTPS" in {warning.code for warning in warnings}) is warned


@pytest.mark.parametrize(
    ("body", "code", "place"),
    [
        ("<p>\n <img src='https://x.test/{{ custom.order }}?a=1&b=2'>", "NO_ALT", ("content.html", 2, 12)),
        ("<p>\n <img>", "NO_ALT", ("content.html", 2, 2)),
        ("<p>\n\n<a href='http://x.test/?a=1&amp;b=2'>x</a>", "NOT_HTTPS", ("content.html", 3, 10)),
        ("<style>\nb { POSITION : absolute }</style><b>x</b>", "UNSUPPORTED", ("content.html", 2, 5)),
        ("x {% include 'film' %}", "UNSUPPORTED", ("partial film", 2, 1)),
        (BODY.replace("<mj-text>", "\n<mj-image src='https://x.test/a.png' /><mj-text>"), "NO_ALT", ("content.mjml", 2, 16)),
        (BODY.replace("<mj-text>", "<mj-button\nhref='http://x.test'>x</mj-button><mj-text>"), "NOT_HTTPS", ("content.mjml", 2, 7)),
    ],
)  # fmt: skip
def test_a_warning_has_the_place_in_its_source(body: str, code: str, place: tuple[str, int, int]) -> None:
    syntax = TemplateSyntax.MJML if body.startswith("<mjml") else TemplateSyntax.HTML
    source = a_source(body=body, syntax=syntax, text="x" * 200)
    warnings = publication(MemoryEmails(), film="\n<video></video>")(a_draft(source)).warnings
    (warning,) = (warning for warning in warnings if warning.code != "NO_DEFAULT")
    assert (warning.code, (warning.field, warning.line, warning.column)) == (code, place)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("<img src='data:image/png;base64,x' alt=''>", "DATA_ADDRESS"),
        ("<script>x</script>", "REMOVED"),
        ("<iframe src='https://x.test'></iframe>", "REMOVED"),
        ("<form action='https://x.test'>x</form>", "REMOVED"),
        ("<p onclick='x()'>x</p>", "REMOVED"),
        ("<style>" + "@media x{.a{color:red}}" * 1_000 + "</style>", "LARGE_STYLE"),
        ("<style>@media x{.a{color:red} @supports (x:y){.b{color:red}}}</style>", "NESTED_RULE"),
        ("<style>@layer a; @MEDIA x{@font-face{font-family:x}}</style>", "NESTED_RULE"),
        ("<html ⚡4email><body>x</body></html>", "AMP"),
        ("<p>مرحبا بالعالم</p>", "NO_DIRECTION"),
        ("<img src='https://x.test/a.png' alt='x' style='width:90px'>", "NO_WIDTH"),
        ("<p><%= name %></p>", "FOREIGN_SYNTAX"),
    ],
)
def test_what_clients_do_not_show_has_a_warning(body: str, code: str) -> None:
    source = a_source(
        body=body, syntax=TemplateSyntax.HTML, text="مرحبا بالعالم" if code == "NO_DIRECTION" else "x" * 200
    )
    assert [warning.code for warning in publication(MemoryEmails())(a_draft(source)).warnings] == [code]


@pytest.mark.parametrize(
    "body",
    [
        "<img src='https://x.test/a.png' width=1 height=1><img src='https://x.test/b.png' role=presentation>",
        "<p dir=rtl>مرحبا بالعالم</p>",
        "<bdi>x</bdi>",
        "<style>@media x{.a{color:red}} @media y{.b{color:red}}</style>",
        "<style>@layer a; .b{color:red} } @media y{.b{color:red}}</style>",
        "<a href='{{ custom.url|default(\"https://x.test/?a=>\") }}' title='onclick=x'>x</a>",
    ],
)
def test_what_clients_show_has_none(body: str) -> None:
    source = a_source(body=body, syntax=TemplateSyntax.HTML, text="x" * 200)
    assert publication(MemoryEmails())(a_draft(source)).warnings == ()


def test_an_email_that_looks_sensitive_has_a_warning() -> None:
    link = "https://acme.example/go?token={{ custom.t }}"
    body = f"<p>Your code is\n{{{{ custom.login_code }}}}</p><a href='{link}'>Sign in</a>"
    source = a_source(subject="{{ custom.otp }}", body=body, syntax=TemplateSyntax.HTML, text="x" * 200)
    warnings = publication(MemoryEmails())(a_draft(source)).warnings
    assert [(warning.code, warning.line, warning.column) for warning in warnings] == [
        ("LOOKS_SENSITIVE", None, None),
        ("LOOKS_SENSITIVE", 2, 4),
        ("LOOKS_SENSITIVE", 2, 37),
    ]
    assert all(name in str(warnings) for name in ("custom.otp", "custom.login_code", link))
    assert publication(MemoryEmails())(a_draft(source, sensitive=True)).warnings == ()


def test_the_number_of_warnings_is_limited() -> None:
    images = "".join(f"<img src='https://x.test/{number}'>" for number in range(1_000))
    warnings = publication(MemoryEmails())(
        a_draft(a_source(body=images, syntax=TemplateSyntax.HTML, text="x" * 200))
    ).warnings
    assert (len(warnings), warnings[-1].message) == (ERRORS_MAX + 1, "and 900 more")
