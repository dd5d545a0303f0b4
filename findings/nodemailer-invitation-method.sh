#!/usr/bin/env bash
# Guess:   an invitation that nodemailer is given as `icalEvent` says in its header what it says itself: METHOD:REQUEST.
# Really:  the header says method=PUBLISH, whatever is in the calendar, until `icalEvent.method` repeats it.
# Seen:    nodemailer 10.6.1.
# Matters: the two must be the same. A mail program that goes by the header has an event for information, without "accept" and "decline".
# Source:  RFC 6047, 2.4 (the parameter must be the METHOD of the object); nodemailer's documentation of calendar events, `method`.
set -euo pipefail
source "$(dirname "$0")/_lib.sh"

npm_install nodemailer@10.6.1
seen=$(
  javascript <<'JS'
const transport = require("nodemailer").createTransport({ streamTransport: true, buffer: true });
const event = ["UID:1@example.com", "DTSTAMP:20261130T090000Z", "DTSTART:20261201T090000Z", "SUMMARY:Opening", "ORGANIZER:mailto:shop@example.com"];
const lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//example.com//EN", "METHOD:REQUEST", "BEGIN:VEVENT", ...event, "END:VEVENT", "END:VCALENDAR", ""];
const content = lines.join("\r\n");
(async () => {
  for (const icalEvent of [{ content }, { content, method: "REQUEST" }]) {
    const { message } = await transport.sendMail({ from: "shop@example.com", to: "ada@example.net", subject: "Opening", text: "Come", icalEvent });
    const written = message.toString();
    console.log("method given:", icalEvent.method, "| header:", written.match(/method=\w+/)[0], "| calendar:", written.match(/^METHOD:\w+/m)[0]);
  }
})();
JS
)
expect <<'SEEN'
method given: undefined | header: method=PUBLISH | calendar: METHOD:REQUEST
method given: REQUEST | header: method=REQUEST | calendar: METHOD:REQUEST
SEEN
