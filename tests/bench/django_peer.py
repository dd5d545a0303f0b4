"""django-post-office on the same mail: what it takes to put a send into its database, and to render, write and hand it over by SMTP.

Its sends are rows of an SQLite file and its queue is that table; the SMTP server is aiosmtpd in another process, which drops every
mail. Templates are rendered at delivery, as ours are.
"""

from __future__ import annotations

import json
import logging
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.bench import mail

WARM_UP = 20


def main() -> None:
    smtp_port, messages = map(int, sys.argv[1:])
    logging.disable(logging.INFO)  # it logs every batch, in the middle of our table
    with tempfile.TemporaryDirectory() as folder:
        _configure(Path(folder) / "mails.sqlite", smtp_port)
        _measured(WARM_UP)
        sys.stdout.write(json.dumps(_measured(messages)))


def _configure(database: Path, smtp_port: int) -> None:
    import django
    from django.conf import settings
    from django.core.management import call_command

    settings.configure(
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": str(database)}},
        INSTALLED_APPS=["django.contrib.contenttypes", "post_office"],
        EMAIL_BACKEND="post_office.EmailBackend",
        EMAIL_HOST="127.0.0.1",
        EMAIL_PORT=smtp_port,
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        POST_OFFICE={"BATCH_SIZE": 100, "THREADS_PER_PROCESS": 8, "DEFAULT_PRIORITY": "medium"},
        TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates"}],
        USE_TZ=True,
        LOGGING_CONFIG=None,
    )
    django.setup()
    call_command("migrate", verbosity=0)

    from post_office.models import EmailTemplate

    EmailTemplate.objects.create(name="receipt", subject=mail.SUBJECT, content=mail.TEXT, html_content=mail.HTML)


def _measured(messages: int) -> dict[str, Any]:
    from post_office import mail as post_office
    from post_office.models import STATUS, Email

    Email.objects.all().delete()
    begun = time.process_time()
    for number in range(messages):
        post_office.send(
            f"customer-{number}@example.net",
            "Acme <shop@example.com>",
            template="receipt",
            context={"contact": mail.CONTACT, "custom": mail.CUSTOM},
            render_on_delivery=True,
        )
    enqueued = time.process_time()
    while post_office.get_queued().exists():
        post_office.send_queued(processes=1)
    ended = time.process_time()
    sent = Email.objects.filter(status=STATUS.sent).count()
    if sent != messages:
        raise RuntimeError(f"{messages} mails were queued and {sent} sent")
    return {"accept": (enqueued - begun) / messages * 1e6, "deliver": (ended - enqueued) / messages * 1e6}


if __name__ == "__main__":
    main()
