"""A Postfix of our own that relays all its mail to SES's SMTP endpoint: configuration, queue and processes apart from the machine's."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from infra.local.stack import Ready
from tests.support import patience

# The services that taking a mail by SMTP and relaying it needs; the rest of a Postfix would only wait.
SERVICES = """
{listen} inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
smtp unix - - n - - smtp
error unix - - n - - error
retry unix - - n - - error
proxymap unix - - n - - proxymap
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
tlsmgr unix - - n 1000? 1 tlsmgr
postlog unix-dgram n - n - 1 postlogd
"""
SETTINGS = """
compatibility_level = 3.6
myhostname = relay.customer.test
mydestination =
local_recipient_maps =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
queue_directory = {home}/queue
data_directory = {home}/data
maillog_file = {home}/log
maillog_file_prefixes = {home}
alias_maps =
alias_database =
minimal_backoff_time = 1s
queue_run_delay = 1s
relayhost = [localhost]:{port}
smtp_host_lookup = native
smtp_sasl_auth_enable = yes
smtp_sasl_security_options = noanonymous
smtp_sasl_password_maps = texthash:{home}/passwords
smtp_tls_security_level = verify
smtp_tls_CAfile = {certificate}
"""


class Postfix:
    def __init__(self, home: Path, port: int) -> None:
        self.home = home
        self.port = port

    def log(self) -> str:
        log = self.home / "log"
        return log.read_text("utf-8", "replace") if log.exists() else ""

    def wait_until(self, words: str) -> None:
        """Waits until the log has these words."""
        patience.wait_until(lambda: words in self.log(), self.log)


@contextmanager
def relaying(ready: Ready) -> Iterator[Postfix]:
    """Skips the test if Postfix is not installed, or if this user may not run it."""
    path = f"{os.environ['PATH']}:/usr/sbin:/usr/local/sbin"
    command = shutil.which("postfix", path=path)
    if command is None:
        pytest.skip("needs Postfix")
    if os.geteuid():
        pytest.skip("Postfix runs as root only")
    with tempfile.TemporaryDirectory(prefix="staffetta-postfix-") as folder:
        running = _configured(Path(folder), ready)
        _run(command, running, "start")
        try:
            yield running
        finally:
            _run(command, running, "stop")


def _configured(home: Path, ready: Ready) -> Postfix:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        listen = probe.getsockname()[1]
    home.chmod(0o755)  # Postfix's processes give up root, and find their way to the queue
    for name in ("queue", "data", "etc"):
        (home / name).mkdir()
    shutil.chown(home / "data", "postfix")
    settings = SETTINGS.format(home=home, port=ready.smtp_port, certificate=ready.smtp_certificate)
    (home / "etc" / "main.cf").write_text(settings)
    (home / "etc" / "master.cf").write_text(SERVICES.format(listen=f"127.0.0.1:{listen}"))
    passwords = home / "passwords"
    passwords.touch(0o600)
    passwords.write_text(f"[localhost]:{ready.smtp_port} {ready.smtp_user}:{ready.smtp_password}\n")
    return Postfix(home, listen)


def _run(command: str, postfix: Postfix, order: str) -> None:
    done = subprocess.run([command, "-c", postfix.home / "etc", order], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr + postfix.log()
