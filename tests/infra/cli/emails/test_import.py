"""`staffetta emails import`: a folder of HubSpot's design manager."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from functions import wiring
from functions.core.emails.email import DRAFT
from functions.wiring import Container
from infra.cli.emails.hubspot_folder import read_folder
from tests.support.cli.staffetta_command import invoke, staffetta

FILES = {
    "templates/receipt.html": """<!--
  templateType: email
  label: Our receipt
  isAvailableForNewContent: true
-->
{% extends "../layouts/base.html" %}
{% import "../macros/buttons.html" as b %}{% block body %}<p>Hi {{ contact.firstname }}</p>{{ b.button("https://x.example.com/", "Go") }}{% endblock %}
""",
    "templates/bad.html": """<!-- templateType: email
label: Bad one -->
<p>{{ cta("x") }}{% include "./missing.html" %}
{% module "m" path="../modules/cart" %}</p>
""",
    "templates/page.html": "<!--\ntemplateType: page\nlabel: A page\n-->\n<p>page</p>",
    "layouts/base.html": "<html><body>{% block body %}{% endblock %}{% include '/theme/partials/foot.html' %}</body></html>",
    "partials/foot.html": "<footer>{% include './inner/an address.html' %}</footer>",
    "partials/inner/an address.html": "{{ site_settings.company_name }} {{ year }}",
    "partials/broken.html": "{{ a( }}{{ b|nope }}",
    "macros/buttons.html": '{% macro button(link, text) %}<a href="{{ link }}">{{ text }}</a>{% endmacro %}',
    "modules/cart.module/module.html": "<p>{{ module.text }}</p>",
    "css/mail.css": "p {}",
    "empty.html": " ",
}
BECAME = {
    "css/mail.css": "skipped",
    "empty.html": "skipped",
    "layouts/base.html": "layout",
    "macros/buttons.html": "partial",
    "modules/cart.module/module.html": "skipped",
    "partials/broken.html": "refused",
    "partials/foot.html": "partial",
    "partials/inner/an address.html": "partial",
    "templates/bad.html": "refused",
    "templates/page.html": "skipped",
    "templates/receipt.html": "email",
}


@pytest.fixture
def theme(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        path = tmp_path / "theme" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path / "theme"


def imported(theme: Path, *words: str, exit_code: int = 1) -> dict[str, Any]:
    result = invoke("emails", "import", theme, "--from", "Acme <shop@example.com>", "--json", *words)
    assert result.exit_code == exit_code, result.output
    return {file["file"]: file for file in json.loads(result.stdout)["files"]}


def test_each_file_is_shown_with_what_it_became(stage: Container, theme: Path) -> None:
    files = imported(theme, "--dry-run")
    assert {name: file["became"] for name, file in files.items()} == BECAME
    assert stage.get(wiring.adapters.emails.emails).all() == []
    assert stage.get(wiring.adapters.templates.partials).names() == []
    messages = [error["message"].partition(":")[0] for error in files["templates/bad.html"]["errors"]]
    assert messages == [
        "there is no partial 'missing.html'",
        "the module '../modules/cart' is not available",
        "'cta' is HubSpot's, and is not available",
    ]
    assert len(files["partials/broken.html"]["errors"]) == 2
    assert files["templates/page.html"]["reason"] == "is a template of type page, not of an email"
    assert files["templates/receipt.html"]["warnings"][0]["message"].startswith("prints site_settings.company_name")


def test_an_imported_email_is_a_draft_that_can_be_published(stage: Container, theme: Path) -> None:
    for _ in range(2):  # the second import changes it, and creates nothing
        files = imported(theme, "--yes")
        (email,) = stage.get(wiring.adapters.emails.emails).all()
        assert files["templates/receipt.html"] | {"warnings": []} == {
            "file": "templates/receipt.html",
            "became": "email",
            "name": "Our receipt",
            "id": email.id,
            "warnings": [],
        }
    assert stage.get(wiring.adapters.templates.partials).names() == [
        "layouts/base.html",
        "macros/buttons.html",
        "partials/foot.html",
        "partials/inner/an-address.html",
    ]
    (document,) = stage.get(wiring.adapters.emails.emails).documents([(email.id, DRAFT)])
    assert document
    html = json.loads(document.text)["content"]["html"]
    assert html.startswith('{% extends "layouts/base.html" %}\n{% import "macros/buttons.html" as b %}')
    staffetta("site-settings", "set", "company_name=Acme")
    text = staffetta("preview", str(email.id))
    assert "Hi" in text
    assert "Go (https://x.example.com/)" in text
    assert "Acme 20" in text


def test_the_plain_report_has_a_line_for_each_file(stage: Container, theme: Path) -> None:
    result = invoke("emails", "import", theme, "--from", "shop@example.com", "--dry-run")
    assert result.exit_code == 1
    lines = result.stdout.splitlines()
    assert "templates/receipt.html: email 'Our receipt'" in lines
    assert "partials/foot.html: partial partials/foot.html" in lines
    assert "css/mail.css: skipped is not a template" in lines
    assert any(line.startswith("  templates/bad.html: content.html, line 1") for line in lines)


def test_emails_of_one_label_have_names_of_their_own(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.html").write_text("<!-- templateType: email\nlabel: Same -->\n<p>x</p>")
    (tmp_path / "bytes.html").write_bytes(b"\xff")
    files = read_folder(tmp_path)
    assert [(file.label, file.became) for file in files] == [("Same", "email"), ("b.html", "email"), ("", "refused")]


def test_a_pushed_folder_has_partials_in_folders(stage: Container, tmp_path: Path) -> None:
    (tmp_path / "_partials" / "theme").mkdir(parents=True)
    (tmp_path / "_partials" / "theme" / "foot.html.mjml").write_text("foot")
    staffetta("emails", "push", tmp_path, "--yes")
    assert stage.get(wiring.adapters.templates.partials).get("theme/foot.html") == "foot"
    staffetta("emails", "pull", tmp_path / "other")
    assert (tmp_path / "other" / "_partials" / "theme" / "foot.html.mjml").read_text() == "foot"
