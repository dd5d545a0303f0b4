#!/usr/bin/env bash
# Guess:   a message of Python's email package that postmarker sends has the headers that were set, and the server's own setting of link tracking.
# Really:  from_mime keeps sender, recipients, subject and Reply-To: every other header is gone without an error, List-Unsubscribe among them.
#          A mail that is made from arguments says "TrackLinks": "None", which is a value for Postmark: it overrides the server's setting.
# Seen:    postmarker 1.0.
# Matters: the headers of unsubscribing are required by Gmail and Yahoo, and a thread's headers hold a conversation together.
# Source:  postmarker/models/emails.py, `Email.from_mime` and `EmailManager.Email`; Postmark, "Link tracking": None, HtmlAndText, HtmlOnly, TextOnly.
set -euo pipefail
source "$(dirname "$0")/_lib.sh"

pypi postmarker==1.0
seen=$(
  python - <<'PY'
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText

from postmarker.core import PostmarkClient
from postmarker.models.emails import Email

message = MIMEMultipart("alternative")
message["From"] = "shop@example.com"
message["To"] = "ada@example.net"
message["Subject"] = "Your receipt"
message["Reply-To"] = "help@example.com"
message["In-Reply-To"] = "<1@example.net>"
message["List-Unsubscribe"] = "<https://example.com/u>"
message.attach(MIMEText("text", "plain"))
message.attach(MIMEText("<p>page</p>", "html"))

emails = PostmarkClient(server_token="nobody").emails
sent = Email.from_mime(message, emails).as_dict()
print("from a message: ReplyTo", sent["ReplyTo"], "Headers", sent["Headers"])
sent = emails.Email(From="shop@example.com", To="ada@example.net", Subject="Your receipt", TextBody="text").as_dict()
print("from arguments: TrackOpens", repr(sent["TrackOpens"]), "TrackLinks", repr(sent["TrackLinks"]))
PY
)
expect <<'SEEN'
from a message: ReplyTo help@example.com Headers []
from arguments: TrackOpens None TrackLinks 'None'
SEEN
