"""The link to a web version at check: allowed in any email but a sensitive one, in every part and language."""

from __future__ import annotations

import pytest

from functions.core.emails.email import TemplateSource, TemplateSyntax
from functions.core.errors import Rejected
from functions.core.templates.translation import translated

LINK = '<a href="{{ view_as_page_url }}">Browser</a>'


def source(body: str = "<p>Hello</p>", text: str = "") -> TemplateSource:
    return TemplateSource(subject="S", body=body, text=text, syntax=TemplateSyntax.HTML)


PARTS = [{"body": LINK}, {"text": "{{ view_as_page_url }}"}, {"body": f"{{% if custom.a %}}{LINK}{{% endif %}}"}]


@pytest.mark.parametrize("parts", PARTS)
@pytest.mark.parametrize("unsubscribable", [False, True])
def test_an_email_may_have_the_link(parts: dict[str, str], unsubscribable: bool) -> None:
    leave = '<a href="{{ unsubscribe_link }}">Leave</a>' if unsubscribable else ""
    whole = source(parts.get("body", "") + leave, parts.get("text", ""))
    result = translated(whole, lambda _: None, unsubscribable=unsubscribable)
    assert "view_as_page_url" in str(result.content)


@pytest.mark.parametrize("parts", PARTS)
@pytest.mark.parametrize("language", ["", "de"])
def test_a_sensitive_email_is_refused_with_the_link(parts: dict[str, str], language: str) -> None:
    with pytest.raises(Rejected) as error:
        translated(source(**parts), lambda _: None, language=language, sensitive=True)
    (refused,) = error.value.errors
    assert "the email is sensitive" in refused.message
    assert refused.line == 1
