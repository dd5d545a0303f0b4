#!/usr/bin/env bash
# Guess:   django-post-office escapes values in the HTML part of a template, and writes them as they are into subject and text part.
# Really:  all three are escaped as HTML: a customer called R&D gets "Order of R&amp;D" as subject.
# Seen:    django-post-office 3.12.0, Django 5.2.19.
# Matters: names with an apostrophe or an ampersand are usual in receipts, and a test with "Ada" never shows it.
#          Write `{% autoescape off %}` around the subject and the text.
# Source:  post_office/models.py, `Email.prepare_email_message` renders all parts with one engine; Django, "Automatic HTML escaping".
set -euo pipefail
source "$(dirname "$0")/_lib.sh"

pypi django-post-office==3.12.0 django==5.2.19
seen=$(
  python - <<'PY'
import django
from django.conf import settings

settings.configure(
    INSTALLED_APPS=["django.contrib.contenttypes", "post_office"],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    DEFAULT_AUTO_FIELD="django.db.models.AutoField",
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates"}],
    POST_OFFICE={"BACKENDS": {"default": "django.core.mail.backends.locmem.EmailBackend"}},
)
django.setup()
from django.core import mail as django_mail
from django.core.management import call_command
from post_office import mail
from post_office.models import EmailTemplate

call_command("migrate", verbosity=0)
EmailTemplate.objects.create(name="order", subject="Order of {{ name }}", content="Hello {{ name }}", html_content="<p>{{ name }}</p>")
mail.send("ada@example.net", "shop@example.com", template="order", context={"name": "R&D"}, priority="now")
message = django_mail.outbox[0]
print("subject:", message.subject)
print("text:", message.body)
print("HTML:", message.alternatives[0][0])
PY
)
expect <<'SEEN'
subject: Order of R&amp;D
text: Hello R&amp;D
HTML: <p>R&amp;D</p>
SEEN
