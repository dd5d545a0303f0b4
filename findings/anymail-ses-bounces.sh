#!/usr/bin/env bash
# Guess:   Anymail gives the events of all services the same meaning: "deferred" for a mail that waits, "bounced" for one that failed for good.
# Really:  each bounce of SES is "bounced" with the reason "bounced", a full mailbox (Transient) as a mailbox that does not exist (Permanent); only the
#          description tells them apart. SES's own event for a mail that waits, DeliveryDelay, is "unknown". Postmark's Transient is "deferred".
# Seen:    django-anymail 15.2.
# Matters: a receiver that suppresses each address with "bounced" loses people whose mailbox was full for a day, and counts no delay at all. With another
#          service the same code did not. Read `event.esp_event["bounce"]["bounceType"]`.
# Source:  anymail/webhooks/amazon_ses.py and postmark.py; SES's developer guide, "Bounce types" and "Delivery Delay object"; Anymail's documentation of
#          normalized tracking events.
set -euo pipefail
source "$(dirname "$0")/_lib.sh"

pypi django-anymail==15.2 Django==5.2.19 boto3==1.44.8
seen=$(python <<'PY'
import django
from django.conf import settings

settings.configure(ANYMAIL={"WEBHOOK_SECRET": "user:password"})
django.setup()

from anymail.webhooks.amazon_ses import AmazonSESTrackingWebhookView
from anymail.webhooks.postmark import PostmarkTrackingWebhookView

NOTICE = {"MessageId": "1", "Timestamp": "2026-12-01T10:00:00.000Z"}
MAIL = {"messageId": "1", "destination": ["ada@example.com"], "headers": []}
RECIPIENTS = [{"emailAddress": "ada@example.com"}]


def ses(kind, field, **details):
    return AmazonSESTrackingWebhookView().esp_to_anymail_events({"eventType": kind, "mail": MAIL, field: details}, NOTICE)[0]


for kind, detail in (("Permanent", "General"), ("Transient", "MailboxFull"), ("Transient", "General"), ("Undetermined", "Undetermined")):
    event = ses("Bounce", "bounce", bounceType=kind, bounceSubType=detail, bouncedRecipients=RECIPIENTS)
    print(f"SES, Bounce, {kind} {detail}: {event.event_type}, {event.reject_reason}")
event = ses("DeliveryDelay", "deliveryDelay", delayType="MailboxFull", delayedRecipients=RECIPIENTS)
print(f"SES, DeliveryDelay, MailboxFull: {event.event_type}, {event.reject_reason}")
for kind in ("HardBounce", "Transient"):
    event = PostmarkTrackingWebhookView().esp_to_anymail_event({"RecordType": "Bounce", "Type": kind, "Email": "ada@example.com", "BouncedAt": NOTICE["Timestamp"]})
    print(f"Postmark, Bounce, {kind}: {event.event_type}, {event.reject_reason}")
PY
)
expect <<'SEEN'
SES, Bounce, Permanent General: bounced, bounced
SES, Bounce, Transient MailboxFull: bounced, bounced
SES, Bounce, Transient General: bounced, bounced
SES, Bounce, Undetermined Undetermined: bounced, bounced
SES, DeliveryDelay, MailboxFull: unknown, None
Postmark, Bounce, HardBounce: bounced, bounced
Postmark, Bounce, Transient: deferred, None
SEEN
