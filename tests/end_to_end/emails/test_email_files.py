"""`staffetta emails pull|push`: a stage's emails in a folder, there and back."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from functions.routes.statistics.table import EMAILS_PATH as EMAILS
from infra.cli import terminal
from infra.cli.emails.files import digest
from tests.end_to_end.service import Service
from tests.end_to_end.support.emails import create_email, html, patch
from tests.end_to_end.support.publishing import PARTIALS
from tests.support.cli import staffetta_command

Staffetta = Callable[..., str]


@pytest.fixture
def stage(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", service.ready.aws_url)
    monkeypatch.setenv("AWS_DEFAULT_REGION", service.stack.cloud.region)


@pytest.fixture
def staffetta(stage: None) -> Staffetta:
    def run(*words: str | Path) -> str:
        return staffetta_command.staffetta("emails", *words, "--stage", "local")

    return run


@pytest.fixture
def failing(stage: None) -> Staffetta:
    def run(*words: str | Path) -> str:
        return staffetta_command.failing("emails", *words, "--stage", "local")

    return run


def snapshot(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def draft(service: Service, email_id: str) -> dict[str, Any]:
    reported: dict[str, Any] = service.http.get(f"{EMAILS}/{email_id}/draft").json()
    return reported


def main_file(folder: Path, email_id: str) -> Path:
    (results,) = (path for path in folder.glob("*.*") if f"  id: {email_id}\n" in path.read_text())
    return results


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def test_there_and_back_changes_nothing(service: Service, staffetta: Staffetta, tmp_path: Path) -> None:
    """Fields outside the model survive, and a push right after a pull changes nothing."""
    content = {
        "mjml": "<mjml><mj-body></mj-body></mjml>",
        "plainTextVersion": "by hand\n",
        "widgets": {"no": [1.5, None, "\u2028"]},
        "translations": {"de": {"subject": "Hallo", "html": "<p>\n"}},
    }
    email = create_email(service, content=content, feedbackSurveyId="x")
    service.http.request("PUT", f"{PARTIALS}/shared-by-files", json={"text": "one\n"})
    staffetta("pull", tmp_path)
    main = main_file(tmp_path, email["id"])
    assert main.read_text().endswith("---\n<mjml><mj-body></mj-body></mjml>")
    assert main.with_suffix(".txt").read_text() == "by hand\n"
    assert main.with_suffix(".de.html").read_text() == "---\nsubject: Hallo\n---\n<p>\n"
    assert (tmp_path / "_partials" / "shared-by-files.mjml").read_text() == "one\n"
    before = snapshot(tmp_path)
    assert "0 pushed" in staffetta("push", tmp_path, "--yes")
    assert "0 pulled" in staffetta("pull", tmp_path)
    assert snapshot(tmp_path) == before
    assert draft(service, email["id"])["version"] == email["version"]


def test_a_second_push_has_nothing_to_do(service: Service, staffetta: Staffetta, tmp_path: Path) -> None:
    email_id = create_email(service, subject="Before")["id"]
    staffetta("pull", tmp_path)
    main = main_file(tmp_path, email_id)
    edit(main, "subject: Before", "subject: After  # as the shop says it")
    view = staffetta("push", tmp_path, "--dry-run")
    assert "-subject: Before\n+subject: After\n" in view
    assert draft(service, email_id)["subject"] == "Before"
    assert "1 pushed" in staffetta("push", tmp_path, "--yes", "--by", "ada@example.com")
    reported = draft(service, email_id)
    assert (reported["subject"], reported["updatedById"]) == ("After", "ada@example.com")
    before = snapshot(tmp_path)
    assert "0 pushed" in staffetta("push", tmp_path, "--yes")
    staffetta("pull", tmp_path)
    assert snapshot(tmp_path) == before, "the comment too"


def test_a_stale_checkout_cannot_overwrite_a_change_on_the_stage(
    service: Service, staffetta: Staffetta, failing: Staffetta, tmp_path: Path
) -> None:
    """Pushes as CI does: earlier pushes leave its files unchanged."""
    email_id = create_email(service, subject="one")["id"]
    staffetta("pull", tmp_path)
    main = main_file(tmp_path, email_id)
    pulled = main.read_text()
    for subject in ("two", "three"):
        main.write_text(pulled.replace("subject: one", f"subject: {subject}"))
        staffetta("push", tmp_path, "--yes")
        assert draft(service, email_id)["subject"] == subject
    patch(service, f"{email_id}/draft", {"subject": "by hand"})
    main.write_text(pulled.replace("subject: one", "subject: four"))
    assert f"{main.stem}: email {email_id} was changed on the stage" in failing("push", tmp_path, "--yes")
    assert draft(service, email_id)["subject"] == "by hand"
    staffetta("push", tmp_path, "--yes", "--force")
    assert draft(service, email_id)["subject"] == "four"


def test_a_pull_keeps_what_was_changed_here(
    service: Service, staffetta: Staffetta, failing: Staffetta, tmp_path: Path
) -> None:
    email_id = create_email(service, subject="one")["id"]
    staffetta("pull", tmp_path)
    main = main_file(tmp_path, email_id)
    edit(main, "subject: one", "subject: here")
    patch(service, f"{email_id}/draft", {"subject": "there"})
    assert "was changed here" in failing("pull", tmp_path)
    assert "subject: here" in main.read_text()
    staffetta("pull", tmp_path, "--force")
    assert "subject: there" in main.read_text()


def test_a_new_file_creates_one_email_with_one_id_everywhere(
    service: Service, staffetta: Staffetta, failing: Staffetta, tmp_path: Path
) -> None:
    name = f"new {uuid.uuid4()}"
    text = f"---\nname: {name}\nsubject: Hi\nfrom: {{replyTo: shop@example.com}}\n---\n<p>{{% include 'new-partial' %}}</p>"
    (tmp_path / "new.html").write_text(text)
    (tmp_path / "_partials").mkdir()
    (tmp_path / "_partials" / "new-partial.mjml").write_text("shared")
    assert "pushed and published" in staffetta("push", tmp_path, "--yes", "--publish")
    stamped = (tmp_path / "new.html").read_text()
    email_id = stamped.partition("  id: ")[2].partition("\n")[0]
    reported = service.http.get(f"{EMAILS}/{email_id}").json()
    assert (reported["name"], reported["isPublished"]) == (name, True)
    (tmp_path / "new.html").write_text(text)  # a checkout without the id
    assert "0 pushed" in staffetta("push", tmp_path, "--yes")
    assert (tmp_path / "new.html").read_text() == stamped
    elsewhere = "123456789012"
    (tmp_path / "new.html").write_text(stamped.replace(email_id, elsewhere).replace(name, f"{name} elsewhere"))
    staffetta("push", tmp_path, "--yes")
    assert draft(service, elsewhere)["name"] == f"{name} elsewhere"
    service.http.request("DELETE", f"{EMAILS}/{elsewhere}")
    assert "is archived on the stage" in failing("push", tmp_path, "--yes")


def test_publishing_what_is_live_is_no_new_revision(service: Service, staffetta: Staffetta, tmp_path: Path) -> None:
    email_id = create_email(service, content={"html": "<p>one</p>"})["id"]
    only(service, staffetta, tmp_path, email_id)
    for _ in range(2):
        staffetta("push", tmp_path, "--yes", "--publish")
        assert service.http.get(f"{EMAILS}/{email_id}/revisions").json()["total"] == 1


def test_one_bad_email_prevents_the_whole_push(
    service: Service, staffetta: Staffetta, failing: Staffetta, tmp_path: Path
) -> None:
    valid, bad = (create_email(service, content={"html": "<p>one</p>"})["id"] for _ in range(2))
    staffetta("pull", tmp_path)
    only(service, staffetta, tmp_path, valid, bad)
    edit(main_file(tmp_path, valid), "<p>one</p>", "<p>two</p>")
    edit(main_file(tmp_path, bad), "<p>one</p>", "<p>\n{{ 1 | nothing }}</p>")
    assert "content.html, line 2, column 8" in failing("push", tmp_path, "--yes", "--publish")
    assert [draft(service, one)["content"] for one in (valid, bad)] == [html("<p>one</p>")["content"]] * 2
    main_file(tmp_path, bad).write_text("no front matter")
    assert "does not begin with a front matter" in failing("push", tmp_path, "--yes")


def test_a_push_without_confirmation_is_refused(
    service: Service, staffetta: Staffetta, failing: Staffetta, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    email_id = create_email(service, subject="one")["id"]
    staffetta("pull", tmp_path)
    edit(main_file(tmp_path, email_id), "subject: one", "subject: two")
    assert "add --yes" in failing("push", tmp_path)
    monkeypatch.setattr(terminal, "is_interactive", lambda: True)
    for answer, subject, exit_code in (("n", "one", 1), ("y", "two", 0)):
        result = staffetta_command.invoke("emails", "push", tmp_path, "--stage", "local", stdin=f"{answer}\n")
        assert result.exit_code == exit_code, result.output
        assert draft(service, email_id)["subject"] == subject


def test_two_files_with_one_id_are_refused(
    service: Service, staffetta: Staffetta, failing: Staffetta, tmp_path: Path
) -> None:
    email_id = create_email(service)["id"]
    staffetta("pull", tmp_path)
    main = main_file(tmp_path, email_id)
    main.with_name("copy.html").write_text(main.read_text())
    assert "has the staffetta.id of" in failing("push", tmp_path, "--yes")


def test_a_pull_does_not_overwrite_a_changed_partial(
    service: Service, staffetta: Staffetta, failing: Staffetta, tmp_path: Path
) -> None:
    name = f"partial-{uuid.uuid4().hex[:8]}"
    partials = tmp_path / "_partials"
    partials.mkdir()
    (partials / f"{name}.mjml").write_text("one")
    assert f"+++ here/_partials/{name}.mjml" in staffetta("push", tmp_path, "--yes")
    assert service.http.get(f"{PARTIALS}/{name}").json()["text"] == "one"
    service.http.request("PUT", f"{PARTIALS}/{name}", json={"text": "two"})
    assert f"_partials/{name}: was changed here" in failing("pull", tmp_path)
    assert (partials / f"{name}.mjml").read_text() == "one"
    staffetta("pull", tmp_path, "--force")
    assert (partials / f"{name}.mjml").read_text() == "two"


def test_a_pushed_email_is_marked(service: Service, staffetta: Staffetta, tmp_path: Path) -> None:
    email_id = create_email(service, subject="one")["id"]
    staffetta("pull", tmp_path)
    edit(main_file(tmp_path, email_id), "subject: one", "subject: two")
    staffetta("push", tmp_path, "--yes")
    reported = service.http.get(f"{EMAILS}/{email_id}/draft").json()
    assert len(reported["staffetta"]["pushed"]) == len(digest({}))


def only(service: Service, staffetta: Staffetta, folder: Path, *email_ids: str) -> None:
    """Pulls a folder with these emails only. Others may have errors that block publishing."""
    staffetta("pull", folder)
    stored = {main_file(folder, email_id).name.partition(".")[0] for email_id in email_ids}
    for path in folder.glob("*.*"):
        if path.name.partition(".")[0] not in stored:
            path.unlink()
