"""Each snippet that `staffetta tokens` prints sends a mail as it is, with text that is not ASCII in place of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from functions.core.tokens.smtp_settings import SmtpSettings
from infra import node
from tests.end_to_end.service import Service

SUBJECT, TEXT = "Grüße", "Schöne Grüße aus Zürich."
NODEMAILER = Path(__file__).parent / "nodemailer"
PHPMAILER = Path("/usr/share/php/libphp-phpmailer/autoload.php")
# What WordPress does around its plugins: wp_mail() sets the charset, then the hooks run.
WORDPRESS = """
function add_action($name, $hook) { $GLOBALS[$name] = $hook; }
function add_filter($name, $hook) { $GLOBALS[$name] = $hook; }
%s
$mail = new PHPMailer\\PHPMailer\\PHPMailer(true);
$mail->CharSet = 'UTF-8';
$mail->setFrom($wp_mail_from());
$mail->addAddress('you@example.com');
$mail->Subject = 'Hello';
$mail->Body = 'It works.';
$phpmailer_init($mail);
$mail->send();
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path


def test_python(service: Service, home: Path) -> None:
    script(service, home, "python", [sys.executable])


def test_nodemailer(service: Service, home: Path) -> None:
    try:
        node.packages(NODEMAILER)
    except node.NodeError as error:
        pytest.skip(f"nodemailer cannot be installed here: {error}")
    environment = {"NODE_PATH": str(NODEMAILER / "node_modules")}
    script(service, home, "nodemailer", [str(node._NODE)], environment)


def test_php(service: Service, home: Path) -> None:
    php(service, home, "php", "%s")


def test_wordpress(service: Service, home: Path) -> None:
    php(service, home, "wordpress", WORDPRESS)


def test_perl(service: Service, home: Path) -> None:
    needs("perl")
    if subprocess.run(
        ["perl", "-MIO::Socket::SSL", "-MAuthen::SASL", "-e1"], capture_output=True, check=False
    ).returncode:
        pytest.skip("needs libio-socket-ssl-perl and libauthen-sasl-perl")
    script(service, home, "perl", ["perl"])


def test_ruby(service: Service, home: Path) -> None:
    needs("ruby")
    if subprocess.run(["ruby", "-e", "require 'mail'"], capture_output=True, check=False).returncode:
        pytest.skip("needs ruby-mail")
    script(service, home, "ruby", ["ruby"])


@pytest.mark.parametrize(("program", "configuration"), [("msmtp", ".msmtprc"), ("s-nail", ".mailrc")])
def test_configured(service: Service, home: Path, program: str, configuration: str) -> None:
    """The first part of the snippet is a file, the second a command."""
    needs(program)
    to = f"{program}@snippets.example.net"
    file, command = snippet(service, program, to).split("\n\n", 1)
    (home / configuration).write_text(f"{file}\n")
    (home / configuration).chmod(0o600)
    run(service, home, ["sh", "-c", command])
    assert_readable(service, to)


def script(
    service: Service, home: Path, program: str, interpreter: list[str], environment: Mapping[str, str] | None = None
) -> None:
    to = f"{program}@snippets.example.net"
    file = home / "snippet"
    file.write_text(snippet(service, program, to))
    run(service, home, [*interpreter, str(file)], environment)
    assert_readable(service, to)


def php(service: Service, home: Path, program: str, around: str) -> None:
    needs("php")
    if not PHPMAILER.exists():
        pytest.skip("needs libphp-phpmailer")
    to = f"{program}@snippets.example.net"
    code = around.replace("'you@example.com'", f"'{to}'").replace("'Hello'", f"'{SUBJECT}'").replace("It works.", TEXT)
    (home / "snippet.php").write_text(f"<?php require '{PHPMAILER}';\n{code % snippet(service, program, to)}")
    run(service, home, ["php", str(home / "snippet.php")])
    assert_readable(service, to)


def needs(program: str) -> None:
    if shutil.which(program) is None:
        pytest.skip(f"needs {program}")


def snippet(service: Service, program: str, to: str) -> str:
    ready = service.ready
    settings = SmtpSettings(
        host="localhost",
        port=ready.smtp_port,
        tls_port=ready.smtps_port,
        user=ready.smtp_user,
        password=ready.smtp_password,
        domain="example.com",
    )
    text = settings.snippet(program).replace("Hello", SUBJECT).replace("It works.", TEXT)
    address, perl_address = "you@example.com", "you\\@example.com"
    text = text.replace(perl_address, to.replace("@", "\\@")).replace(address, to)
    return text.replace("/etc/ssl/certs/ca-certificates.crt", ready.smtp_certificate)


def run(service: Service, home: Path, command: list[str], environment: Mapping[str, str] | None = None) -> None:
    trust = dict.fromkeys(("SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS"), service.ready.smtp_certificate)
    shell = {"PATH": os.environ["PATH"], "HOME": str(home), "MAILRC": str(home / ".mailrc"), "LC_ALL": "C.UTF-8"}
    done = subprocess.run(
        command, env={**shell, **trust, **(environment or {})}, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def assert_readable(service: Service, to: str) -> None:
    service.settle()
    (mail,) = service.mails(f"to:{to}")
    assert mail["Subject"] == SUBJECT
    assert TEXT in service.mailbox.get(f"/api/v1/message/{mail['ID']}").json()["Text"]
