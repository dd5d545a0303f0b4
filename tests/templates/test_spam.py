"""SpamAssassin scores each starter by its content only, since the tests use no network."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from email import message_from_string
from email.utils import make_msgid
from pathlib import Path

import pytest

from functions.core.addresses import Address
from functions.core.sending.mime import Mail, write
from functions.core.templates.rendering import Rendered
from tests.templates.gallery import NAMES, SENDER, rendered

PROGRAM = shutil.which("spamassassin")
SCORE_MAX = 1.0  # a mail is spam from 5 on
GTUBE = Rendered(
    "Hi", "<p>Hi</p>", "XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X"
)  # spam by agreement
SPAM_FROM = 1000
NAME = "X-Entity-Ref-ID"

_FROM = "From ses@example.com"
_JUDGED = re.compile(r"score=(-?[\d.]+).*tests=([\w,\s]+?)\s*(?:autolearn|version)=", re.DOTALL)


def _mail(name: str, email: Rendered) -> str:
    """Returns the mail as it arrives: SES sets its Message-ID."""
    mail = Mail(
        sender=SENDER,
        to=(Address("ada@example.net", "Ada Lovelace"),),
        subject=email.subject,
        text=email.text,
        html=email.html,
        date=time.time(),
        boundary="=_a0b1c2d3",
        headers=(("Auto-Submitted", "auto-generated"), (NAME, name)),
    )
    message_id = f"Message-ID: {make_msgid(domain='email.amazonses.com')}\r\n"
    return (message_id + write(mail).decode("ascii")).replace("\r\n", "\n")


@pytest.mark.skipif(not PROGRAM, reason="asks SpamAssassin, which is not installed")
@pytest.mark.timeout(300)
def test_no_starter_looks_like_spam(tmp_path: Path) -> None:
    """Each scores below 1.0. One process scores them all and a real spam mail, which proves that it works."""
    mails = {**{name: rendered(name) for name in NAMES}, "spam": GTUBE}
    judged = subprocess.run(
        [str(PROGRAM), "--local", "--mbox", "--nocreate-prefs", "--cf=use_bayes 0", "--cf=report_safe 0"],
        input="".join(f"{_FROM} {time.ctime()}\n{_mail(name, view)}\n\n" for name, view in mails.items()),
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "HOME": str(tmp_path)},
    )
    scores = dict(_scores(judged.stdout))
    assert scores.keys() == mails.keys()
    assert scores.pop("spam") >= SPAM_FROM
    assert {name: score for name, score in scores.items() if score >= SCORE_MAX} == {}


def _scores(mailbox: str) -> Iterator[tuple[str, float]]:
    for text in re.split(f"^{_FROM} .*\n", mailbox, flags=re.MULTILINE)[1:]:
        mail = message_from_string(text)
        score, rules = _JUDGED.findall(mail["X-Spam-Status"])[0]
        print(f"{float(score):5.1f}  {mail[NAME]}  {''.join(rules.split())}")  # noqa: T201 - pytest shows it with -s
        yield mail[NAME], float(score)
