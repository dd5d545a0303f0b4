"""The SMTP settings and snippets that `staffetta tokens` shows are what their programs read."""

from __future__ import annotations

import ast
import re
import shutil
import smtplib
import subprocess
from email.message import EmailMessage
from typing import Any, Self

import pytest

from functions.core.tokens.smtp_settings import PROGRAMS, SmtpSettings
from tests.support.cli.staffetta_command import failing

SETTINGS = SmtpSettings(
    host="email-smtp.eu-west-1.amazonaws.com",
    port=587,
    tls_port=465,
    user="AKIAIOSFODNN7EXAMPLE",
    password="BLBM/9hSUELfq8Gw+rU1YcBjkOxGbhT2XG763xVLGWL9",
    domain="mail.acme.com",
)


def test_the_block_has_every_setting_of_a_mail_program() -> None:
    block = dict(re.split(r"\s+", line, maxsplit=1) for line in SETTINGS.block().splitlines())
    assert block["host"] == SETTINGS.host
    assert "587 (STARTTLS)" in block["port"]
    assert "465 (TLS" in block["port"]
    assert (block["user"], block["password"]) == (SETTINGS.user, SETTINGS.password)


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_snippet_is_filled_in(program: str) -> None:
    snippet = SETTINGS.snippet(program)
    for value in (SETTINGS.host, str(SETTINGS.port), SETTINGS.user, SETTINGS.password):
        assert value in snippet
    assert not re.search(r"\$(host|port|tls_port|user|password|domain)\b", snippet)


def test_the_python_snippet_sends(monkeypatch: pytest.MonkeyPatch) -> None:
    session: dict[str, Any] = {}

    class Smtp:
        def __init__(self, host: str, port: int) -> None:
            session["at"] = (host, port)

        def __enter__(self) -> Self:
            return self

        def __exit__(self, *_: object) -> None:
            pass

        def starttls(self, **_: Any) -> None:
            session["tls"] = True

        def login(self, user: str, password: str) -> None:
            assert session["tls"]
            session["as"] = (user, password)

        def send_message(self, mail: EmailMessage) -> None:
            session["from"] = mail["From"]

    monkeypatch.setattr(smtplib, "SMTP", Smtp)
    exec(SETTINGS.snippet("python"), {})  # noqa: S102 - as its reader does
    assert (session["at"], session["as"]) == ((SETTINGS.host, 587), (SETTINGS.user, SETTINGS.password))
    assert session["from"] == "shop@mail.acme.com"


def test_the_django_snippet_is_settings() -> None:
    tree = ast.parse(SETTINGS.snippet("django"))
    settings = {node.targets[0].id: ast.literal_eval(node.value) for node in tree.body if isinstance(node, ast.Assign)}  # type: ignore[attr-defined]  # names
    assert (settings["EMAIL_HOST_PASSWORD"], settings["EMAIL_PORT"], settings["EMAIL_USE_TLS"]) == (
        SETTINGS.password,
        587,
        True,
    )


@pytest.mark.skipif(not shutil.which("postconf"), reason="Postfix is not installed")
def test_postfix_reads_its_snippet(tmp_path: Any) -> None:
    main, passwords = SETTINGS.snippet("postfix").split("\n\n")
    (tmp_path / "main.cf").write_text(main + "\n")
    (tmp_path / "sasl_passwd").write_text(passwords.partition("\n")[2] + "\n")
    command = ["postconf", "-c", str(tmp_path), "-h", "relayhost", "smtp_tls_security_level"]
    parameters = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    assert parameters == ["[email-smtp.eu-west-1.amazonaws.com]:587", "encrypt"]
    query = ["postmap", "-q", "[email-smtp.eu-west-1.amazonaws.com]:587", f"texthash:{tmp_path}/sasl_passwd"]
    password = subprocess.run(query, capture_output=True, text=True, check=True).stdout.strip()
    assert password == f"{SETTINGS.user}:{SETTINGS.password}"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["create", "--name", "x", "--owner", "nobody"], "'nobody' is not an email address"),
        (["create", "--name", "x", "--owner", "a@b.example", "--expires", "soon"], "'soon' is not a time"),
        (["reset", "AKIA", "--grace", "soon"], "'soon' is not a valid integer"),
    ],
)
def test_a_bad_argument_is_wrong_usage(words: list[str], message: str) -> None:
    assert message in failing("tokens", *words, exit_code=2)
