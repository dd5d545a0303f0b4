#!/usr/bin/env bash
# Guess:   a mail to two recipients, each with template data of their own, gives each their own.
# Really:  SendGrid's Python client puts both into one personalization, and the last one's data replaces the others': each gets the data of
#          the last, and sees the other's address. It takes is_multiple=True to have one for each, and then they are in reverse order.
# Seen:    sendgrid 6.12.5.
# Matters: a customer gets another customer's receipt or code. Who moves from SendGrid looks for is_multiple before moving the calls.
# Source:  sendgrid/helpers/mail/mail.py, `_set_emails`; the rest is shown by the run.
set -euo pipefail
source "$(dirname "$0")/_lib.sh"

pypi sendgrid==6.12.5
seen=$(
  python - <<'PY'
from sendgrid.helpers.mail import Mail, To


def personalizations(**options):
    ada = To("ada@example.net", dynamic_template_data={"code": "111"})
    bob = To("bob@example.net", dynamic_template_data={"code": "222"})
    mail = Mail(from_email="shop@example.com", to_emails=[ada, bob], **options)
    for one in mail.get()["personalizations"]:
        print([to["email"] for to in one["to"]], one["dynamic_template_data"])


print("by default")
personalizations()
print("is_multiple=True")
personalizations(is_multiple=True)
PY
)
expect <<'SEEN'
by default
['ada@example.net', 'bob@example.net'] {'code': '222'}
is_multiple=True
['bob@example.net'] {'code': '222'}
['ada@example.net'] {'code': '111'}
SEEN
