"""The form of an automation, without scripts: every field that a page shows is sent, as a browser does."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest

from functions import wiring
from functions.core.access.actor import unrestricted
from functions.core.access.roles import Role
from functions.core.automations.automation import AutomationStatus
from functions.wiring import Container
from tests.support.console import automation_examples, email_examples
from tests.support.console.automation_examples import ACTIVE, DEFINITION, DRAFT
from tests.support.console.browser import Answer, Browser
from tests.support.console.email_examples import ARCHIVED, PUBLISHED
from tests.support.console.form_fields import FormFields
from tests.support.console.people import signed_in

NEW = "/console/automations/new"
COMMENTED = f"""name: Series
# who asked for news
trigger: {{type: event, event: asked}}
steps:
  - {{id: hello, type: send_email, email: {PUBLISHED}}}  # at once
  - id: which
    type: branch
    cases:
      - when: {{any: [{{property: city, operator: EQ, value: Rome}}, {{none: [{{property: city, operator: HAS_PROPERTY}}]}}]}}
        next: day
    next: end
  - {{id: day, type: wait, time: 1d}}
"""


class FormOnPage:
    def __init__(self, browser: Browser, path: str) -> None:
        self.browser, self.path = browser, path
        self.answer = browser.get(path)

    def press(self, act: str = "", /, **values: str) -> Answer:
        """Fills in fields, presses a button, and follows the redirect. A hyphen of a name is written as two underscores."""
        entered = {name.replace("__", "-"): value for name, value in values.items()}
        form = FormFields(self.answer.html, "automation")
        missing = set(entered) - {name for name, _ in form.fields}
        assert not missing, missing
        assert not act or ("act", act) in form.buttons, act
        fields = [(name, entered.get(name, value)) for name, value in form.fields]
        sent = self.browser.send("POST", self.path, urlencode([*fields, ("act", act)]))
        self.answer = self.browser.get(sent.headers["location"]) if "location" in sent.headers else sent
        self.path = self.answer.path if "location" in sent.headers else self.path
        return self.answer


@pytest.fixture
def stored(aws: Container) -> Container:
    email_examples.prepare(aws)
    automation_examples.prepare(aws)
    return aws


def draft(container: Container, number: int) -> str:
    return container.get(wiring.automations.edit_automations).draft(number)


def create(container: Container, text: str) -> int:
    return container.get(wiring.automations.edit_automations).create(text, unrestricted("editor@example.com")).id


def test_an_automation_is_built_and_published_without_yaml(stored: Container) -> None:
    news = stored.get(wiring.contacts.list_editor).create("News", unrestricted("editor@example.com"))
    form = FormOnPage(signed_in(Role.EDITOR), NEW)
    form.press("add wait top 0", name="Welcome", trigger="list_joined", trigger__list_joined__list=str(news.id))
    form.press("add send_email top 1", s1__time__count="2")
    form.press("add branch top 2", s2__email=str(PUBLISHED))
    form.press("add wait s3.0 0", s3__0__when__0__subject="mail:s2", s3__0__when__0__comparison="was:OPENED")
    assert "is not stored yet" in form.answer.text
    form.press("add send_email s3.1 0")
    published = form.press("publish", s5__email=str(PUBLISHED)).text
    assert "is published: contacts enter it" in published
    assert "A contact joins list “News”" in published
    assert draft(stored, 3).splitlines() == [
        "name: Welcome",
        f"trigger: {{type: list_joined, list: {news.id}}}",
        "steps:",
        "  - {id: wait_1, type: wait, time: 2d}",
        f"  - {{id: email_1, type: send_email, email: {PUBLISHED}}}",
        "  - {id: branch_1, type: branch, cases: [{when: {step: email_1, was: OPENED}, next: wait_2}], next: email_2}",
        "  - {id: wait_2, type: wait, time: 1d, next: end}",
        f"  - {{id: email_2, type: send_email, email: {PUBLISHED}}}",
    ]


def test_storing_without_a_change_keeps_every_letter(stored: Container) -> None:
    browser = signed_in(Role.EDITOR)
    for text in (DEFINITION, COMMENTED):
        number = create(stored, text)
        form = FormOnPage(browser, f"/console/automations/{number}/edit")
        assert "The draft is stored." in form.press().text
        assert draft(stored, number) == text


def test_a_change_keeps_comments_and_what_no_field_shows(stored: Container) -> None:
    number = create(stored, COMMENTED)
    form = FormOnPage(signed_in(Role.EDITOR), f"/console/automations/{number}/edit")
    assert "has conditions inside" in form.answer.text
    form.press("up s3")
    form.press(s3__time__count="3")
    assert draft(stored, number) == COMMENTED.replace("1d", "3d").replace("next: day", "next: end").replace(
        "  - id: which", "  - {id: day, type: wait, time: 3d}\n  - id: which"
    ).replace("    next: end\n  - {id: day, type: wait, time: 3d}\n", "    next: end\n")


def test_errors_are_at_their_fields_and_nothing_is_lost(stored: Container) -> None:
    form = FormOnPage(signed_in(Role.EDITOR), NEW)
    form.press("add wait top 0", name="Welcome", trigger="event")
    page = form.press(s1__time__count="soon", trigger__event__event="order placed")
    assert page.status == 400
    for field in ("s1-time-count", "trigger-event-event"):
        assert f'id="{field}-error"' in page.html
    assert 'value="soon"' in page.html
    assert 'value="order placed"' in page.html
    assert "Step 1: Time must be a duration" in page.text
    assert '<a href="#trigger-event-event">Name of the event</a>' in page.html
    assert len(stored.get(wiring.adapters.automations.automations).all()) == 2
    corrected = form.press(s1__time__count="2", trigger__event__event="order_placed")
    assert "The draft is stored." in corrected.text


def test_an_automation_without_a_step_is_refused(stored: Container) -> None:
    form = FormOnPage(signed_in(Role.EDITOR), NEW)
    for act in ("", "publish"):
        page = form.press(act, name="Welcome", trigger="contact_created")
        assert page.status == 400
        assert 'id="steps-error"' in page.html


def test_what_is_left_empty_is_named_in_plain_words(stored: Container) -> None:
    form = FormOnPage(signed_in(Role.EDITOR), NEW)
    form.press("add send_email top 0", name="Welcome", trigger="contact_created")
    form.press("add wait_for top 1", s1__email=str(PUBLISHED))
    form.press("add wait_for top 2", s2__step="s1")
    form.press("add wait_for top 3", s3__awaits="event")
    page = form.press(goal="event")
    assert page.status == 400
    for words in (
        "Step 2: What happens to it must be filled in",
        "Step 3: Name of the event must be filled in",
        "Step 4: Email must be filled in",
        "When it ends early must be filled in",
    ):
        assert words in page.text
    for field in ("s2-was", "s3-event", "s4-step", "goal"):
        assert f'id="{field}-error"' in page.html


def test_an_unpublishable_draft_shows_why_at_the_field(stored: Container) -> None:
    form = FormOnPage(signed_in(Role.EDITOR), f"{DRAFT}/edit")
    assert '<a href="#s1-email">Step 1: Email</a> there is no email 999' in form.answer.html
    assert "999 (not found)" in form.answer.text
    refused = form.press("publish", name="Not stored")
    assert refused.status == 400
    assert "Not stored" not in draft(stored, 2), "nothing is stored by a refused publish"
    assert "is published" in form.press("publish", s1__email=str(PUBLISHED)).text
    one = stored.get(wiring.adapters.automations.automations).get(2)
    assert one
    assert one.status is AutomationStatus.ACTIVE


def test_an_archived_email_keeps_its_name(stored: Container) -> None:
    number = create(stored, DEFINITION.replace(f"email: {PUBLISHED}", f"email: {ARCHIVED}"))
    browser = signed_in(Role.EDITOR)
    page = browser.get(f"/console/automations/{number}/edit")
    assert f'<option value="{ARCHIVED}" selected>Old (archived)</option>' in page.html
    assert "Old (archived)" not in browser.get(NEW).text, "it cannot be chosen anew"


def test_what_an_email_lacks_is_shown_at_its_field(stored: Container) -> None:
    number = create(stored, DEFINITION.replace("type: event, event: order_placed", "type: contact_created"))
    form = FormOnPage(signed_in(Role.EDITOR), f"/console/automations/{number}/edit")
    need = "step confirm sends “Order <b>”, which needs custom.order"
    assert f"Step 1: Email {need}" in form.answer.text
    assert 'aria-describedby=" s1-email-warning"' in form.answer.html
    assert need in form.browser.get(f"/console/automations/{number}/yaml").text
    published = form.press("publish").text
    assert "is published" in published
    assert need in published


def test_a_form_of_an_older_draft_is_refused_and_kept(stored: Container) -> None:
    browser = signed_in(Role.EDITOR)
    mine, theirs = FormOnPage(browser, f"{ACTIVE}/edit"), FormOnPage(browser, f"{ACTIVE}/edit")
    theirs.press(name="Theirs")
    refused = mine.press(name="Mine")
    assert refused.status == 400
    assert "meanwhile" in refused.text
    assert 'value="Mine"' in refused.html
    assert "-name: Theirs" in refused.text
    assert "+name: Mine" in refused.text
    mine.press("add wait top 0")
    assert mine.press().status == 400, "a step more is no choice to replace theirs"
    assert "name: Theirs" in draft(stored, 1)
    form = FormFields(mine.answer.html, "automation")
    over = next(value for name, value in form.buttons if name == "over")
    browser.send("POST", f"{ACTIVE}/edit", urlencode([*form.fields, ("over", over)]))
    assert "name: Mine" in draft(stored, 1)


def test_a_file_of_an_older_draft_replaces_by_choice_only(stored: Container) -> None:
    browser = signed_in(Role.EDITOR)
    page = browser.get(f"{ACTIVE}/yaml")
    change = page.html.partition('name="change" value="')[2].partition('"')[0]
    FormOnPage(browser, f"{ACTIVE}/edit").press(name="Theirs")
    mine = {"csrf": page.csrf, "definition": draft(stored, 1).replace("Theirs", "Mine"), "change": change}
    refused = browser.post(f"{ACTIVE}/draft", **mine)
    assert refused.status == 400
    assert "+name: Mine" in refused.text
    assert f'name="change" value="{change}"' in refused.html
    over = refused.html.partition('name="over" value="')[2].partition('"')[0]
    browser.post(f"{ACTIVE}/draft", **mine, over=over)
    assert "name: Mine" in draft(stored, 1)


def test_each_kind_of_step_is_shown_again(stored: Container) -> None:
    form = FormOnPage(signed_in(Role.EDITOR), NEW)
    kinds = ("send_email", "wait_until", "wait_for", "split", "set_property", "add_to_list", "call_webhook", "end")
    for kind in kinds:
        form.press(f"add {kind} top 0")
    form.press("row s1 properties")
    page = form.press(s1__properties__0__name="shop", s1__properties__0__value="Rome", trigger="contact_created")
    assert page.status == 400
    for value in ('value="shop"', 'value="Rome"', 'value="09:00"', 'value="end_1"'):
        assert value in page.html


def test_a_draft_that_breaks_a_later_rule_is_yaml(stored: Container) -> None:
    stored.get(wiring.adapters.automations.automations).save_draft(2, "name: Broken\n")
    page = signed_in(Role.EDITOR).get(f"{DRAFT}/edit")
    assert page.path == f"{DRAFT}/yaml"
    assert "Fields cannot show this draft" in page.text
    assert "name: Broken" in page.html


def test_a_viewer_edits_no_automation(stored: Container) -> None:
    assert signed_in(Role.VIEWER).get(NEW).status == 403


@pytest.mark.parametrize("number", ["99999999999999999999", "9" * 5000, "-1", "²"])
def test_a_forged_number_is_no_error_of_the_console(stored: Container, number: str) -> None:
    browser = signed_in(Role.EDITOR)
    fields = {"csrf": browser.get(NEW).csrf, "step": ["s1 send_email top", "s2 branch top"], "s2-lanes": "3"}
    fields |= {f"s1-properties-{name}": number for name in ("rows", "0-name")} | {"when-rows": number}
    for act in (
        f"add wait top {number}",
        f"unway s2 {number}",
        f"unrow s1 properties {number}",
        f"unrow top when {number}",
    ):
        assert browser.post(NEW, **fields, act=act).status == 200


def test_what_was_entered_outlives_a_deleted_automation(stored: Container) -> None:
    form = FormOnPage(signed_in(Role.EDITOR), f"{DRAFT}/edit")
    csrf = form.browser.get(f"{DRAFT}/yaml").csrf
    stored.get(wiring.automations.edit_automations).delete(2, unrestricted("editor@example.com"))
    page = form.press(name="Mine", s1__email=str(PUBLISHED))
    assert page.status == 400
    assert "was deleted meanwhile" in page.text
    form.path = NEW
    assert "The draft is stored." in form.press().text
    assert "name: Mine" in draft(stored, 3)
    page = form.browser.post(f"{DRAFT}/draft", csrf=csrf, definition="name: Written")
    assert (page.status, "name: Written" in page.html) == (400, True)


def test_what_is_gone_is_named_in_plain_words(stored: Container) -> None:
    number = create(
        stored,
        f"""name: Gone
trigger: {{type: contact_created}}
when: {{property: gone, operator: EQ, value: x}}
steps:
  - {{id: hello, type: send_email, email: {PUBLISHED}}}
  - {{id: which, type: branch, cases: [{{when: {{all: [{{none: [{{step: hello, was: OPENED}}]}}]}}, next: end}}]}}
  - {{id: day, type: wait, time: 1d}}
""",
    )
    form = FormOnPage(signed_in(Role.EDITOR), f"/console/automations/{number}/edit")
    assert ">gone (not found)<" in form.answer.html
    assert "Step 1: Order <b> was opened" in form.answer.text
    form = FormOnPage(form.browser, NEW)
    form.press("add send_email top 0")
    form.press("row top goal-when", goal="when")
    form.press("remove s1", goal__when__0__subject="mail:s1")
    assert "an email that is no step any more" in form.answer.text


def test_no_button_adds_above_a_limit(stored: Container) -> None:
    steps = "".join(f"  - {{id: a{number}, type: wait, time: 1d}}\n" for number in range(100))
    number = create(stored, f"name: Long\ntrigger: {{type: contact_created}}\nsteps:\n{steps}")
    form = FormOnPage(signed_in(Role.EDITOR), f"/console/automations/{number}/edit")
    assert "at most 100 steps" in form.answer.text
    assert not [act for _, act in FormFields(form.answer.html, "automation").buttons if act.startswith("add ")]
