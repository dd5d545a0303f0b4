"""What the commands do on a stage, and how they show it: the API's answers as tables for people and as JSON for programs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from functions import wiring
from functions.adapters.templates import starters
from functions.core.access.actor import unrestricted
from functions.core.access.audit import AuditAction
from functions.core.addresses import Address
from functions.core.emails.console_emails import CONSOLE_EMAILS, INVITATION
from functions.core.sending.send import MessageKey, State
from functions.core.statistics.counter_updates import CounterKey, Increment, Subject, SubjectType, additions
from functions.wiring import Container
from infra.cli import terminal
from infra.cli.stage import Stage
from tests.fakes.access import MemoryUserDirectory
from tests.support.aws.lambdas import store
from tests.support.cli.staffetta_command import failing, invoke, staffetta
from tests.support.examples import NOON_TEXT, a_message

SENDER = Address("shop@example.com", "Shop")
URL = "http://127.0.0.1:9/in"


def json_of(*words: str | Path) -> Any:
    return json.loads(staffetta(*words, "--json"))


def rows(text: str) -> list[list[str]]:
    """The words of each line of a table, its headings included."""
    return [line.split() for line in text.splitlines()]


@pytest.fixture(scope="module")
def receipt(stage: Container) -> int:
    """The id of a published email."""
    draft = starters.load("receipt", SENDER).draft
    stage.get(wiring.emails.publish_email)(draft)
    return draft.email_id


@pytest.fixture(scope="module")
def messages(stage: Container) -> None:
    for number in range(3):
        key = MessageKey(f"send-{number}", 0)
        accepted_at = f"2026-11-23T12:00:0{number}.000Z"
        state = State.SENT if number else State.FAILED
        address = f"p{number}@example.net"
        store(stage, a_message(key=key, email_id=77, address=address, state=state, accepted_at=accepted_at))


def test_emails_are_listed_with_their_ids(receipt: int) -> None:
    (headings, *matches) = rows(staffetta("emails", "list"))
    assert headings == ["ID", "STATE", "TYPE", "NAME", "CHANGED"]
    assert [str(receipt), "PUBLISHED", "SINGLE_SEND_API", "Receipt"] in [row[:4] for row in matches]
    assert str(receipt) in [one["id"] for one in json_of("emails", "list")["results"]]
    assert json_of("emails", "list", "--archived") == {"results": []}


def test_messages_are_listed_newest_first(messages: None) -> None:
    (headings, *matches) = rows(staffetta("messages", "list", "--email", "77"))
    assert headings[:3] == ["ACCEPTED", "STATUS", "ADDRESS"]
    assert [row[-1] for row in matches] == ["send-2", "send-1", "send-0"]
    assert matches[0][:3] == ["2026-11-23T12:00:02.000Z", "SENT", "p2@example.net"]


def test_messages_are_searched_by_every_option(messages: None) -> None:
    def ids(*words: str) -> list[str]:
        return [one["statusId"] for one in json_of("messages", "list", *words)["results"]]

    assert ids("--recipient", "p1@example.net") == ["send-1"]
    assert ids("--email", "77", "--status", "failed,bounced") == ["send-0"]
    assert ids("--email", "77", "--since", "2026-11-23T12:00:01Z", "--until", "2026-11-23T12:00:02Z") == ["send-1"]
    assert ids("--email", "77", "--limit", "2") == ["send-2", "send-1"]


def test_messages_of_a_key_are_found_by_its_prefix(stage: Container) -> None:
    create_api_key = stage.get(wiring.access.create_api_key)
    secret, key = create_api_key("search", "ada@example.com", ("content",), unrestricted("ada@example.com"))
    sent = a_message(key=MessageKey("by-key", 0), email_id=79, state=State.SENT, accepted_by=key.secret_id)
    store(stage, sent, a_message(key=MessageKey("by-another", 0), email_id=79, state=State.SENT))
    matches = json_of("messages", "list", "--email", "79", "--key", key.prefix)["results"]
    assert [one["statusId"] for one in matches] == ["by-key"]
    assert secret not in str(matches)


def test_no_message_is_a_remark_and_an_empty_list() -> None:
    result = invoke("messages", "list", "--email", "5")
    assert (result.stdout, result.stderr) == ("", "No messages found.\n")
    assert json_of("messages", "list", "--email", "5") == {"results": []}


def test_a_message_has_its_story(messages: None) -> None:
    printed = staffetta("messages", "show", "send-1")
    assert "p1@example.net: SENT" in printed
    assert json_of("messages", "show", "send-1", "0")["recipients"][0]["address"] == "p1@example.net"
    assert "there is no send" in failing("messages", "show", "nothing").lower()


@pytest.fixture(scope="module")
def counted(stage: Container) -> None:
    for subject in (Subject(SubjectType.ACCOUNT), Subject(SubjectType.EMAIL, "77"), Subject(SubjectType.LINKS, "77")):
        counters = {"click https://acme.com/": 2} if subject.type is SubjectType.LINKS else {"sent": 5, "delivered": 4}
        for period in ("2026-11-23", "2026-11-23T12"):
            cell = CounterKey(subject, period)
            increment = Increment(1, counters, 77 if subject.type is SubjectType.ACCOUNT else 0)
            for addition in additions(
                stage.get(wiring.adapters.statistics.counters).get(cell, "shard"), "shard", [increment], 1_000_000.0
            ):
                stage.get(wiring.adapters.statistics.counters).add(cell, "shard", addition)


def test_statistics_are_one_row_per_email(counted: None) -> None:
    (headings, *matches) = rows(staffetta("stats", "list", "--email", "77", "--since", "2026-11-23"))
    assert headings[:3] == ["EMAIL", "SENT", "DELIVERED"]
    assert [row[:3] for row in matches] == [["77", "5", "4"], ["all", "5", "4"]]
    assert json_of("stats", "list", "--email", "77")["aggregate"]["counters"]["sent"] == 5


def test_statistics_over_time_and_by_link(counted: None) -> None:
    day = ("--email", "77", "--since", "2026-11-23", "--until", "2026-11-24")
    assert rows(staffetta("stats", "histogram", *day))[1][:3] == ["2026-11-23T00:00:00.000Z", "5", "4"]
    assert json_of("stats", "histogram", "--interval", "hour", *day)["total"] == 24
    assert "https://acme.com/" in staffetta("stats", "links", *day)


@pytest.mark.parametrize("name", ["latency", "breakdown", "tags"])
def test_other_statistics_are_shown(counted: None, name: str) -> None:
    assert json_of("stats", name, "--since", "2026-11-23").keys() & {"aggregate", "tags"}
    invoke("stats", name, "--since", "2026-11-23")


def test_a_wrong_field_goes_by_its_option() -> None:
    assert failing("stats", "list", "--since", "2026-11-24", "--until", "2026-11-23") == (
        "staffetta: --until: is before --since\n"
    )


def test_a_webhook_is_created_changed_and_deleted(stage: Container) -> None:
    created = json_of("webhooks", "create", URL, "--types", "email.bounced,email.complained", "--inactive")
    assert created["secret"].startswith("whsec_")
    assert (created["eventTypes"], created["active"]) == (["email.bounced", "email.complained"], False)
    webhook = created["id"]
    assert rows(staffetta("webhooks", "list"))[1][:3] == [webhook, "INACTIVE", URL]
    assert "active" in staffetta("webhooks", "update", webhook, "--active", "--description", "orders")
    assert json_of("webhooks", "show", webhook)["description"] == "orders"
    assert created["secret"] not in staffetta("webhooks", "rotate", webhook, "--yes")
    assert "Queued as delivery" in staffetta("webhooks", "test", webhook)
    assert json_of("webhooks", "deliveries", webhook) == {"results": []}
    assert "are queued" in staffetta("webhooks", "replay", webhook, "--since", "2026-11-23")
    assert "deleted" in staffetta("webhooks", "delete", webhook, "--yes")
    assert stage.get(wiring.adapters.webhooks.webhook_endpoints).all() == []
    assert "there is no webhook" in failing("webhooks", "show", webhook)


def test_a_replay_takes_a_delivery_or_a_time_span() -> None:
    assert "either --delivery or --since" in failing("webhooks", "replay", "x", exit_code=2)


def test_subscription_types_are_created_and_changed() -> None:
    created = json_of("types", "create", "--name", "News", "--id", "news", "--purpose", "Marketing")
    assert (created["id"], created["isActive"]) == ("news", True)
    assert "changed" in staffetta("types", "update", "news", "--inactive")
    (row,) = (row for row in rows(staffetta("types", "list")) if row[0] == "news")
    assert row == ["news", "News", "INACTIVE", "Marketing"]
    assert "TRANSACTIONAL is built in" in failing("types", "update", "TRANSACTIONAL", "--name", "x")


def test_the_audit_log_names_the_operator() -> None:
    staffetta("keys", "create", "--name", "audited", "--owner", "ada@example.com")
    latest = json_of("audit", "--limit", "1")["results"][0]
    assert (latest["action"], latest["detail"]["name"]) == (str(AuditAction.KEY_MADE), "audited")
    assert latest["by"].startswith("arn:aws:")
    assert "api_key.made" in staffetta("audit")


def test_a_list_follows_all_pages() -> None:
    for number in range(3):
        staffetta("keys", "create", "--name", f"page-{number}", "--owner", "ada@example.com")
    names = [one["detail"]["name"] for one in json_of("audit", "--limit", "3")["results"]]
    assert names == ["page-2", "page-1", "page-0"]


def test_a_contact_is_shown_with_its_properties(stage: Container) -> None:
    stage.get(wiring.adapters.contacts.contacts).upsert("ada@example.net", {"firstname": "Ada"}, NOON_TEXT)
    printed = staffetta("contacts", "show", "ada@example.net")
    assert "ada@example.net" in printed
    assert ["firstname", "Ada", NOON_TEXT] in rows(printed)
    assert json_of("contacts", "show", "ada@example.net")["properties"]["firstname"]["value"] == "Ada"
    assert "there is no contact" in failing("contacts", "show", "nobody@example.net")


def test_an_email_is_checked_by_its_id(receipt: int) -> None:
    result = invoke("check", str(receipt))
    assert (result.exit_code, result.stderr) == (0, "0 errors, 0 warnings\n")
    assert json_of("check", str(receipt))["publishable"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    front = "---\nname: {name}\nsubject: Hi\nfrom: {{replyTo: shop@example.com}}\n---\n"
    (tmp_path / "good.html").write_text(front.format(name="good") + "<p>{% include 'shared' %}</p>")
    (tmp_path / "bad.html").write_text(front.format(name="bad") + "<p>\n{{ nope( }}</p>")
    (tmp_path / "_partials").mkdir()
    (tmp_path / "_partials" / "shared.mjml").write_text("shared")
    return tmp_path


def test_files_are_checked_with_the_partials_of_their_folder(stage: Container, folder: Path) -> None:
    assert invoke("check", folder / "good.html").exit_code == 0
    whole = invoke("check", folder)
    assert whole.exit_code == 1
    assert "error: bad: content.html, line 2" in whole.stdout
    assert "good" not in whole.stdout
    errors = json.loads(invoke("check", folder / "bad.html", "--json").stdout)["faults"]
    assert errors[0]["line"] == 2


def test_a_file_is_checked_without_its_neighbours(stage: Container, folder: Path) -> None:
    (folder / "notes.txt").write_text("no email's text")
    (folder / "people.csv").write_text("email")
    assert invoke("check", folder / "good.html").exit_code == 0
    assert invoke("check", folder).exit_code == 1
    assert "there is no email in " in failing("check", folder / "people.csv")


def test_what_is_no_email_cannot_be_checked(stage: Container, tmp_path: Path) -> None:
    assert "no/such.mjml does not exist" in failing("check", "no/such.mjml")
    assert "there is no email in" in failing("check", tmp_path)


def test_a_push_of_a_missing_folder_fails(tmp_path: Path) -> None:
    missing = tmp_path / "missing"
    reported = " ".join(failing("emails", "push", missing, exit_code=2).split())
    assert "Invalid value for 'DIR'" in reported
    assert "does not exist" in reported


@pytest.mark.parametrize(
    "words",
    [("keys", "revoke"), ("tokens", "delete"), ("webhooks", "delete"), ("broadcast", "cancel")],
    ids=" ".join,
)
def test_an_empty_argument_is_refused(stage: Container, words: tuple[str, ...]) -> None:
    """A shell variable without a value: without this, it meant the only key."""
    staffetta("keys", "create", "--name", "shop", "--owner", "you@example.com")
    assert "is empty" in failing(*words, "", exit_code=2)
    assert all(not key.revoked_at for key in stage.get(wiring.adapters.access.api_keys).all())


def test_an_empty_entry_of_a_list_is_refused() -> None:
    assert "is empty" in failing("lists", "add", "1", "ada@example.net", "", exit_code=2)


@pytest.mark.parametrize("name", ["a" * 5000, "missing/contacts.csv"])
def test_a_file_that_cannot_be_written_is_one_line(stage: Container, name: str) -> None:
    reported = failing("contacts", "export", name)
    assert name[:80] in reported
    assert "Traceback" not in reported


@pytest.mark.parametrize("words", [("contacts", "import"), ("check",), ("emails", "pull")], ids=" ".join)
def test_a_name_too_long_for_a_file_is_one_line(words: tuple[str, ...]) -> None:
    result = invoke(*words, "a" * 5000)
    assert "File name too long" in result.output + result.stderr
    assert result.exit_code in {1, 2}


def test_words_that_are_not_utf8_are_refused() -> None:
    assert "not UTF-8" in failing("keys", "create", "--name", "\udcff", "--owner", "you@example.com", exit_code=2)


def test_a_preview_is_text_html_or_the_whole_mail(receipt: int) -> None:
    text = staffetta("preview", str(receipt))
    assert text.startswith("subject ")
    assert "<" not in text.split("\n\n", 1)[1].split("http")[0]
    assert staffetta("preview", str(receipt), "--format", "html").startswith("<!DOCTYPE html>")
    assert "\nSubject: " in staffetta("preview", str(receipt), "--format", "mail").replace("\r", "")


def test_a_preview_is_for_the_given_properties(receipt: int) -> None:
    words = ("preview", str(receipt), "--property", "firstname=Grace", "--custom", '{"order_number": "X-1"}')
    result = invoke(*words, "--json")
    assert "X-1" in json.loads(result.stdout)["html"]
    assert "warning: the property" in result.stderr


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--property", "firstname"), "is not NAME=VALUE"),
        (("--custom", "[1]"), "is not a JSON object"),
        (("--custom", '{"a":' * 5000), "nested too deep"),
        (("--custom", "@/no/such/file"), "cannot be read"),
    ],
)
def test_a_bad_property_is_wrong_usage(words: tuple[str, ...], message: str) -> None:
    assert message in " ".join(failing("preview", "1", *words, exit_code=2).split())


def test_a_test_email_is_queued(stage: Container, receipt: int) -> None:
    sent = json_of("send-test", str(receipt), "Ada <ada@example.net>", "bob@example.net")["results"]
    messages = [stage.get(wiring.adapters.sending.sends).get(MessageKey(one["statusId"], 0)) for one in sent]
    assert [message and (message.address, message.is_test) for message in messages] == [
        ("ada@example.net", True),
        ("bob@example.net", True),
    ]


DESTROYING = [
    ("keys", "revoke", "KEY"),
    ("tokens", "reset", "TOKEN"),
    ("tokens", "delete", "TOKEN"),
    ("contacts", "erase", "ada@example.net"),
    ("webhooks", "delete", "WEBHOOK"),
    ("webhooks", "rotate", "WEBHOOK"),
]


@pytest.fixture(scope="module")
def existing(stage: Container) -> dict[str, str]:
    key = json_of("keys", "create", "--name", "asked", "--owner", "ada@example.com")
    token = json_of("tokens", "create", "--name", "asked", "--owner", "ada@example.com")
    webhook = json_of("webhooks", "create", URL)
    return {"KEY": key["id"], "TOKEN": token["user"], "WEBHOOK": webhook["id"]}


@pytest.mark.parametrize("words", DESTROYING, ids=" ".join)
def test_a_destructive_command_needs_a_confirmation(
    existing: dict[str, str], words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    arguments = [existing.get(word, word) for word in words]
    before = state(existing)
    assert "add --yes" in failing(*arguments)
    monkeypatch.setattr(terminal, "is_interactive", lambda: True)
    declined = invoke(*arguments, stdin="n\n")
    assert (declined.exit_code, "Aborted" in declined.stderr) == (1, True)
    assert state(existing) == before


def state(existing: dict[str, str]) -> list[Any]:
    """What the commands above would change."""
    keys = [one.get("revokedAt") for one in json_of("keys", "list")["results"] if one["id"] == existing["KEY"]]
    tokens = [one["id"] for one in json_of("tokens", "list")["results"]]
    return [keys, tokens, json_of("webhooks", "list"), json_of("audit")]


def test_a_token_shows_the_settings_of_ses(stage: Container) -> None:
    result = invoke("tokens", "create", "--name", "till", "--owner", "ada@example.com", "--snippet", "python")
    assert "email-smtp.eu-west-1.amazonaws.com" in result.stdout
    assert "587 (STARTTLS) or 465" in result.stdout
    assert "smtplib" in result.stdout
    assert "only this once" in result.stderr
    assert "password" not in staffetta("tokens", "list")


@pytest.mark.parametrize("grace", [(), ("--grace", "60")])
def test_a_reset_shows_both_user_names(stage: Container, grace: tuple[str, ...]) -> None:
    former = json_of("tokens", "create", "--name", "reset", "--owner", "ada@example.com")["user"]
    result = invoke("tokens", "reset", former, "--yes", "--json", *grace)
    settings = json.loads(result.stdout)
    assert settings["formerUser"] == former
    assert f"changed from {former} to {settings['user']}" in result.stderr
    assert ("--grace" in result.stderr, "work until" in result.stderr) == ((False, True) if grace else (True, False))


def test_the_prompt_of_a_reset_recommends_grace(existing: dict[str, str]) -> None:
    prompt = failing("tokens", "reset", existing["TOKEN"])
    assert "user name and its password both change" in prompt
    assert "--grace" in prompt


def test_what_others_wrote_cannot_steer_the_terminal(stage: Container) -> None:
    address = "\x1b[31mred\x9b@example.net"
    store(stage, a_message(key=MessageKey("steering", 0), email_id=78, address=address, state=State.SENT))
    assert "\\x1b[31mred\\x9b@example.net" in staffetta("messages", "list", "--email", "78")
    assert "\x1b" not in staffetta("messages", "show", "steering")


def test_an_invitation_whose_mail_is_refused_fails_with_the_reason(
    stage: Container, monkeypatch: pytest.MonkeyPatch
) -> None:
    directory = MemoryUserDirectory()
    monkeypatch.setattr("functions.wiring.access.user_directory", lambda _: directory)
    staffetta("users", "invite", "ada@example.com")
    pauses = stage.get(wiring.account.pause_sending)
    pauses.pause(CONSOLE_EMAILS[INVITATION], "too many bounces", unrestricted("ada@example.com"))
    error = failing("users", "invite", "ada@example.com")
    assert "too many bounces" in error
    assert "--show" in error


def test_the_starters_of_automations_need_no_stage(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Stage, "outputs", None)
    results = json_of("automations", "starters")["results"]
    assert "welcome" in [starter["name"] for starter in results]
    assert rows(staffetta("automations", "starters"))[0] == ["NAME", "EMAILS", "DESCRIPTION"]


def test_an_automation_is_checked_and_published_with_warnings(receipt: int, tmp_path: Path) -> None:
    file = tmp_path / "series.yaml"
    steps = f"steps: [{{id: hello, type: send_email, email: {receipt}}}]"
    file.write_text(f"name: Series\ntrigger: {{type: contact_created}}\n{steps}\n", "utf-8")
    need = "step hello sends “Receipt”, which needs custom.order_number"
    (line, *_) = [line for line in staffetta("automations", "check", file).splitlines() if "order_number" in line]
    assert line.startswith(f"{file}:3:39: warning: steps[0].email: {need}")
    result = invoke("automations", "create", file, "--publish")
    assert (result.exit_code, f"warning: steps[0].email, line 3, column 39: {need}" in result.stderr) == (0, True)
