"""Each command that changes a stage writes into its audit log: a new command without an entry, or without a reason, fails here."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from functions import wiring
from functions.adapters.contacts.suppressions import SesSuppressions
from functions.core.access.actor import unrestricted
from functions.core.automations.run import Run, current_part
from functions.core.sending.send import MessageKey, State
from functions.core.webhooks import webhook, webhook_events
from functions.core.webhooks.webhook import DeliveryAttempt
from functions.ports.contacts import Suppression
from functions.steps.statistics import rebuild
from functions.wiring import Container
from infra.local.ses.account import SimulatedAccount
from tests.fakes.access import MemoryUserDirectory
from tests.fakes.domains import MemoryIdentities, identity
from tests.support.aws.ses_account import ses_account
from tests.support.cli.leaves import LEAVES
from tests.support.cli.staffetta_command import staffetta
from tests.support.examples import NOON_TEXT, a_message, a_send
from tests.support.images import png
from tests.support.sent_mail import store_sent

Words = list[str]

WITHOUT_ENTRY = {
    "local": "it is no change of a stage",
    "local clock": "it is no change of a stage",
    "preflight": "it only reads, and there may be no stage yet",
    "protect": "it changes the deployment, not the data of the stage",
    "uninstall": "each key, token, send and webhook that it ends has an entry: tests/end_to_end/test_uninstall.py",
    "emails pull": "it changes files only",
    "preview": "it stores nothing",
    "send-test": "a message has its own history, with its sender",
    "broadcast check": "it changes nothing but the broadcast's check",
    "broadcast test": "a message has its own history, with its sender",
    "automations pull": "it changes files only",
    "automations push": "it is update_automation and publish_automation for each file",
    "events send": "what it starts has its own history",
    "webhooks test": "it is in the webhook's deliveries",
}
READING = set(
    """keys list; tokens list; starters list; emails list; images list; check; messages list; messages show; messages content; stats breakdown; stats histogram; stats latency;
    stats links; stats list; stats tags; users list; contacts show; contacts search; lists list; lists members; lists show; types list; broadcast list; broadcast show; broadcast preview;
    broadcast follow; broadcast report; site-settings show; webhooks deliveries; webhooks list; webhooks show; sending status; production status; audit; cost;
    dedicated-ips; domains list; domains check; doctor;
    automations list; automations starters; automations show; automations check; automations diagram; automations runs;
    openapi; completion""".replace("\n   ", "").split("; ")
)
OWNER, ADDRESS, URL = "ada@example.com", "ada@example.net", "http://127.0.0.1:9/in"
RECEIPT = ["starters", "publish", "receipt", "--from", "Shop <shop@example.com>", "--force"]
FILE = """---
name: Hello
subject: Hello
from: {fromName: Shop, replyTo: shop@example.com}
subcategory: single_send_api
---
<p>Hello</p>
"""
EXAMPLES: dict[str, Callable[[Container], Words]] = {
    "keys create": lambda _: ["--name", "shop", "--owner", OWNER],
    "keys rename": lambda _: [key(), "till"],
    "keys revoke": lambda _: [key(), "--yes"],
    "tokens create": lambda _: ["--name", "till", "--owner", OWNER],
    "tokens reset": lambda _: [token(), "--yes"],
    "tokens delete": lambda _: [token(), "--yes"],
    "emails import": lambda _: ["theme", "--from", "shop@example.com", "--yes"],
    "emails push": lambda _: ["emails", "--publish", "--yes"],
    "starters publish": lambda _: RECEIPT[2:],
    "images upload": lambda _: ["shop.png", "--alt", "Our shop"],
    "images delete": lambda _: [uploaded_image(), "--yes"],
    "contacts import": lambda _: ["people.csv", "--no-wait"],
    "contacts export": lambda _: ["people.csv"],
    "contacts create": lambda _: ["new@example.net", "city=Rome"],
    "contacts update": lambda _: [person("changed@example.net"), "city=Rome"],
    "contacts archive": lambda _: [person("archived@example.net"), "--yes"],
    "lists create": lambda _: ["Clients"],
    "lists filters": lambda _: [dynamic_list("Nine"), "--where", "city=Oslo"],
    "lists evaluate": lambda _: [dynamic_list("Ten"), "--no-wait"],
    "lists rename": lambda _: [contact_list("Two"), "Three"],
    "lists delete": lambda _: [contact_list("Four"), "--yes"],
    "lists restore": lambda _: [deleted_list("Five")],
    "lists add": lambda _: [contact_list("Six"), "1"],
    "lists remove": lambda _: [contact_list("Seven"), "1"],
    "contacts erase": lambda stage: [contact(stage), "--yes"],
    "contacts lift-quarantine": lambda stage: [contact(stage)],
    "automations create": lambda _: [automation_file()],
    "automations publish": lambda _: [automation()],
    "automations pause": lambda _: [automation("--publish")],
    "automations resume": lambda _: [automation("--publish")],
    "automations stop-runs": lambda _: [automation("--publish"), "--yes"],
    "automations delete": lambda _: [automation(), "--yes"],
    "automations stop": lambda stage: [ADDRESS, a_run(stage)],
    "broadcast create": lambda stage: [batch_email(stage), "--contact", "batch@example.net"],
    "broadcast send": lambda stage: [broadcast(stage), "--no-check", "--no-wait", "--yes"],
    "broadcast pause": lambda stage: [started(stage)],
    "broadcast resume": lambda stage: [paused_broadcast(stage)],
    "broadcast cancel": lambda stage: [started(stage), "--yes"],
    "site-settings set": lambda _: ["company_name=Acme"],
    "types create": lambda _: ["--id", "news", "--name", "News"],
    "types update": lambda _: [subscription_type(), "--name", "More"],
    "domains add": lambda _: ["news.acme.com"],
    "domains adopt": lambda _: ["acme.org"],
    "domains remove": lambda _: [added(), "--yes"],
    "users invite": lambda _: ["ada@example.com", "--show"],
    "users role": lambda _: [user(), "viewer"],
    "users sign-out": lambda _: [user()],
    "users remove": lambda _: [user(), "--yes"],
    "webhooks create": lambda _: [URL],
    "webhooks update": lambda _: [hook(), "--description", "orders"],
    "webhooks delete": lambda _: [hook(), "--yes"],
    "webhooks rotate": lambda _: [hook(), "--yes"],
    "webhooks replay": lambda _: [hook(), "--since", "2026-11-23"],
    "messages resend": lambda stage: [store_sent(stage).key.send_id, "--yes"],
    "sending pause": lambda _: [receipt()],
    "sending resume": lambda _: [paused()],
    "redrive": lambda stage: with_dead_letter(stage, []),
    "metrics rebuild": lambda _: ["--apply"],
    "production request": lambda _: ["--website", "https://acme.com", "--yes"],
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "emails").mkdir()
    (tmp_path / "emails" / "hello.html").write_text(FILE)
    (tmp_path / "people.csv").write_text("email\nimport@example.net\n")
    (tmp_path / "shop.png").write_bytes(png(1, 1))
    (tmp_path / "theme").mkdir()
    (tmp_path / "theme" / "hello.html").write_text("<!-- templateType: email -->\n<p>Hello</p>")
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def at_ses() -> Iterator[SimulatedAccount]:
    with ses_account() as account:
        yield account


def test_every_command_has_an_example_or_a_reason() -> None:
    assert {" ".join(words) for words in LEAVES} == EXAMPLES.keys() | WITHOUT_ENTRY.keys() | READING


@pytest.mark.parametrize("words", EXAMPLES)
def test_a_change_has_an_entry_with_its_actor(
    stage: Container, folder: None, at_ses: SimulatedAccount, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rebuild, "SETTLE_SECONDS", 0)
    monkeypatch.setattr(
        SesSuppressions, "remove_bounce", lambda _, address: Suppression(address, "BOUNCE")
    )  # not in moto
    at_ses.production_access = False  # for a request
    identities = MemoryIdentities({"acme.org": identity("acme.org", ours=False)})
    monkeypatch.setattr("functions.wiring.domains.ses_identities", lambda _: identities)
    monkeypatch.setattr("functions.wiring.access.user_directory", lambda _: MemoryUserDirectory())
    arguments = EXAMPLES[words](stage)
    before = {entry.id for entry in stage.get(wiring.adapters.access.audit_entries).latest(1000)}
    staffetta(*words.split(), *arguments)
    entries = [
        entry for entry in stage.get(wiring.adapters.access.audit_entries).latest(1000) if entry.id not in before
    ]
    assert entries
    assert all(entry.by.startswith("arn:aws:") and entry.subject for entry in entries)
    assert ADDRESS not in str(entries), "a person is named by their hash"


def test_a_replayed_delivery_has_an_entry(stage: Container) -> None:
    webhook_id, message = hook(), a_message(key=MessageKey("replay", 0), state=State.SENT, settled_at=NOON_TEXT)
    stage.get(wiring.adapters.sending.sends).create([message])
    (event,) = webhook_events.new_events(None, message)
    failed = webhook.attempted(webhook.first(webhook_id, event), DeliveryAttempt(NOON_TEXT, 0, 9, "x"), 5)
    stage.get(wiring.adapters.webhooks.webhook_deliveries).save(failed)
    staffetta("webhooks", "replay", webhook_id, "--delivery", failed.id)
    (entry,) = stage.get(wiring.adapters.access.audit_entries).latest(1)
    assert (entry.action, entry.subject, entry.detail) == ("webhook.replayed", webhook_id, {"delivery": failed.id})


def test_a_push_has_an_entry_of_each_change(stage: Container, folder: None) -> None:
    Path("emails/hello.html").write_text(FILE.replace("Hello", "Another"))
    Path("emails/_partials").mkdir()
    Path("emails/_partials/bar.mjml").write_text("<mj-text>Bar</mj-text>")
    staffetta("emails", "push", "emails", "--publish", "--yes")
    Path("emails/hello.html").write_text(Path("emails/hello.html").read_text().replace("<p>Another", "<p>Good day"))
    staffetta("emails", "push", "emails", "--yes")
    actions = [str(entry.action) for entry in stage.get(wiring.adapters.access.audit_entries).latest(4)]
    assert actions == ["email.changed", "email.published", "email.created", "partial.stored"]


def json_of(*words: str) -> Any:
    return json.loads(staffetta(*words, "--json"))


def key() -> str:
    return str(json_of("keys", "create", "--name", "shop", "--owner", OWNER)["id"])


def token() -> str:
    return str(json_of("tokens", "create", "--name", "till", "--owner", OWNER)["user"])


def receipt() -> str:
    return str(json_of(*RECEIPT)["emailId"])


def paused() -> str:
    email_id = receipt()
    staffetta("sending", "pause", email_id)
    return email_id


def person(email: str) -> str:
    staffetta("contacts", "create", email)
    return email


def uploaded_image() -> str:
    Path("other.png").write_bytes(png(2, 1))
    return str(json_of("images", "upload", "other.png", "--alt", "")["id"])


def contact_list(name: str) -> str:
    return str(json_of("lists", "create", name)["listId"])


def dynamic_list(name: str) -> str:
    return str(json_of("lists", "create", name, "--where", "city=Rome")["listId"])


def deleted_list(name: str) -> str:
    list_id = contact_list(name)
    staffetta("lists", "delete", list_id, "--yes")
    return list_id


def batch_email(stage: Container) -> str:
    """Returns the id of a published batch email."""
    editor = stage.get(wiring.emails.edit_emails)
    sender = {"fromName": "Shop", "replyTo": "shop@example.com"}
    content = {"html": "<p>Hello</p>"}
    document = {"name": "B", "subject": "B", "from": sender, "content": content, "subcategory": "batch"}
    email_id = editor.create(document, unrestricted(OWNER)).email.id
    editor.publish(email_id, unrestricted(OWNER))
    return str(email_id)


def automation_file() -> str:
    path = Path("automation.yaml")
    path.write_text("name: A\ntrigger: {type: contact_created}\nsteps: [{id: a, type: wait, time: 1d}]\n", "utf-8")
    return str(path)


def automation(*words: str) -> str:
    return str(json_of("automations", "create", automation_file(), *words)["id"])


def a_run(stage: Container) -> str:
    """Puts a contact into an automation, and returns the run's id."""
    runs = stage.get(wiring.adapters.automations.runs)
    runs.erase(ADDRESS)
    runs.create(Run(id="run", automation=1, version=1, contact=ADDRESS, entered_at=NOON_TEXT), current_part(1))
    return "run"


def broadcast(stage: Container) -> str:
    return str(json_of("broadcast", "create", batch_email(stage), "--contact", "batch@example.net")["id"])


def started(stage: Container) -> str:
    broadcast_id = broadcast(stage)
    stage.get(wiring.broadcasts.edit_broadcasts).start(broadcast_id, unrestricted(OWNER))
    return broadcast_id


def paused_broadcast(stage: Container) -> str:
    broadcast_id = started(stage)
    stage.get(wiring.broadcasts.edit_broadcasts).pause(broadcast_id, "a typo", unrestricted(OWNER))
    return broadcast_id


def subscription_type() -> str:
    return str(json_of("types", "create", "--name", "Offers")["id"])


def added() -> str:
    return str(json_of("domains", "add", "acme.net")["name"])


def user() -> str:
    return str(json_of("users", "invite", "grace@example.com", "--role", "editor", "--show")["email"])


def hook() -> str:
    return str(json_of("webhooks", "create", URL)["id"])


def contact(stage: Container) -> str:
    stage.get(wiring.adapters.contacts.contacts).upsert(ADDRESS, {"firstname": "Ada"}, NOON_TEXT)
    return ADDRESS


def with_dead_letter(stage: Container, words: Words) -> Words:
    stage.get(wiring.adapters.sending.send_queue).dead_letter(a_send(), "it failed")
    return words
