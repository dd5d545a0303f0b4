"""What a mail prints of the stage: site settings, its type of subscription, unsubscribe links."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from functions.core.emails.email import TRANSACTIONAL
from functions.core.templates import rendering
from functions.core.templates.rendering import Compiled
from functions.steps.templates.site_settings import CACHE_SECONDS
from tests.fakes import Clock
from tests.fakes.contacts import MemorySubscriptionTypes
from tests.fakes.templates import PORTAL, MemorySiteSettings, a_site
from tests.support.delivering import DeliverScenario, read
from tests.support.examples import a_revision, a_subscription_type

ACME = {"company_name": "Smith & Sons", "company_city": "Rome", "primary_font_color": "#123456"}
NEWS = MemorySubscriptionTypes({"news": a_subscription_type(id="news", name="Monthly news")})


def parts(source: str, settings: dict[str, str], subscription: str = TRANSACTIONAL) -> tuple[str, str]:
    """Returns the HTML and the text of a mail with one source for both."""
    scenario = DeliverScenario(
        revision=a_revision(html=f"<p>{source}</p>", text=source, subscription=subscription),
        site_settings=MemorySiteSettings(settings),
        types=NEWS,
    )
    scenario.worker()(scenario.send, 1)
    (mail,) = scenario.mailer.taken
    html, text = (read(mail).get_body((kind,)) for kind in ("html", "plain"))
    assert html
    assert text
    return html.get_content().strip(), text.get_content().strip()


@pytest.mark.parametrize("prefix", ["", "site_settings."])
def test_settings_print_their_value_or_nothing(prefix: str) -> None:
    source = f"{{{{ {prefix}company_name }}}}, {{{{ {prefix}company_city }}}}{{{{ {prefix}company_zip }}}}"
    assert parts(source, ACME) == ("<p>Smith &amp; Sons, Rome</p>", "Smith & Sons, Rome")
    assert parts(f"[{{{{ {prefix}company_zip|default('none') }}}}]", ACME)[1] == "[none]"
    assert parts(f"{{% if {prefix}company_zip %}}a{{% else %}}b{{% endif %}}", ACME)[1] == "b"


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("{{ hub_id }} {{ portal_id }}", f"{PORTAL} {PORTAL}"),
        (
            "{{ content.id }} {{ content.name }} {{ content.reply_to }} {{ content.language }}",
            "7 Receipt shop@example.com en",
        ),
        ("{{ content.create_page }}{{ content.subject }}", "falseHi"),
        ("{{ subscription_name }}.", "Monthly news."),
    ],
)
def test_variables_of_the_stage_and_of_the_email(source: str, text: str) -> None:
    revision = a_revision(subject="Hi", text=source, html="x", name="Receipt", subscription="news")
    scenario = DeliverScenario(revision=revision, types=NEWS)
    scenario.worker()(scenario.send, 1)
    part = read(scenario.mailer.taken[0]).get_body(("plain",))
    assert part
    assert part.get_content().strip() == text


def test_unsubscribe_section_and_anchor_are_links() -> None:
    html, text = parts("{{ unsubscribe_section }}", {}, "news")
    assert html.count("<a ") == 2
    assert html.count('href="https://api.example.com/unsubscribe/') == 2
    assert "ses:no-track" in html
    assert ">Unsubscribe from Monthly news</a>" in html
    assert text.startswith("Unsubscribe from Monthly news: https://api.example.com/unsubscribe/")
    assert "Unsubscribe from all: " in text
    html, text = parts("{{ unsubscribe_anchor }}", {}, "news")
    assert (html.count("<a "), text.count("https://")) == (1, 1)


def test_a_transactional_mail_has_no_unsubscribe_markup() -> None:
    assert parts("[{{ unsubscribe_section }}{{ unsubscribe_anchor }}{{ subscription_name }}]", {}) == (
        "<p>[]</p>",
        "[]",
    )


class CountedSettings(MemorySiteSettings):
    reads = 0

    def get(self) -> Any:
        self.reads += 1
        return super().get()


def compiled(source: str) -> Compiled:
    return rendering.compiled(a_revision(subject="s", html=source, text=source))


def test_used_settings_are_read_once_in_a_while() -> None:
    settings = CountedSettings(ACME)
    site = a_site(settings)
    clock = site.clock
    assert isinstance(clock, Clock)
    assert site(compiled("{{ custom.company }}"), "en", "") == {}
    assert settings.reads == 0
    used = compiled("{{ company_name }}")
    for _ in range(3):
        assert site(used, "en", "")["company_name"] == "Smith & Sons"
    assert settings.reads == 1
    settings.change({"company_name": "New"})
    clock.now += CACHE_SECONDS + 1
    assert site(used, "en", "")["company_name"] == "New"


def test_a_template_cannot_change_the_settings_of_the_next_mail() -> None:
    site = a_site(MemorySiteSettings(ACME))
    changing = compiled("{% do site_settings.update({'company_name': 'Evil'}) %}{{ site_settings.company_name }}")
    for _ in range(2):
        variables = site(changing, "en", "")
        assert variables["site_settings"]["company_name"] == "Smith & Sons"
        assert rendering.render(changing, {}, {}, now=0, variables=variables).html == "Evil"


def test_links_are_in_the_language_of_the_mail() -> None:
    words = {"Unsubscribe from %(type)s": "Annulla %(type)s"}
    site = replace(a_site(), translate=lambda language, text: words.get(text, text) if language == "it" else text)
    assert ">Annulla </a>" in site(compiled("{{ unsubscribe_anchor }}"), "it", "https://x")["unsubscribe_anchor"].html
