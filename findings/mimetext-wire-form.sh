#!/usr/bin/env bash
# Guess:   what mimetext writes as raw mail can be given to SES or a server as it is.
# Really:  a text with umlauts is eight-bit UTF-8 that is declared as 7bit, and so is a file's name; an attachment is one line, however long; a
#          Subject is one encoded word of any length, even in ASCII. What nodemailer writes has none of these.
# Seen:    mimetext 3.0.28, nodemailer 10.6.1.
# Matters: a line of SMTP has 998 octets at most, an encoded word 75 characters. A server may refuse the mail, or fold and encode it anew, which breaks
#          a DKIM signature. Parsers are lenient, so a test that reads the mail sees nothing.
# Source:  RFC 5321, 4.5.3.1.6; RFC 2045, 2.7 and 6.8; RFC 2047, 2; mimetext's issue 76 for the text.
set -euo pipefail
source "$(dirname "$0")/_lib.sh"

npm_install mimetext@3.0.28 nodemailer@10.6.1
seen=$(
  javascript <<'JS'
const nodemailer = require("nodemailer");

const subject = "Your order is on its way, and here is all you need to know about it until it arrives";
const text = "Grüße aus dem Laden";
const [filename, pdf] = ["März.pdf", Buffer.alloc(3000)];

function described(name, raw) {
  const octets = Buffer.from(raw);
  const source = octets.toString("latin1");
  const longest = (parts) => Math.max(...parts.map((part) => part.length));
  console.log(`${name}: text in ${source.match(/text\/plain[^]*?Encoding: (\S+)/)[1]}, ${octets.filter((octet) => octet > 127).length} octets above 127,`);
  console.log(`  longest line ${longest(source.split(/\r?\n/))}, longest encoded word ${longest(source.match(/=\?\S+\?=/g) ?? [""])}`);
}

(async () => {
  const { createMimeMessage } = await import("mimetext");
  const mail = createMimeMessage();
  mail.setSender("shop@example.com");
  mail.setTo("ada@example.net");
  mail.setSubject(subject);
  mail.addMessage({ contentType: "text/plain", data: text });
  mail.addAttachment({ filename, contentType: "application/pdf", data: pdf.toString("base64") });
  described("mimetext", mail.asRaw());
  const transport = nodemailer.createTransport({ streamTransport: true, buffer: true });
  const attachments = [{ filename, contentType: "application/pdf", content: pdf }];
  const sent = await transport.sendMail({ from: "shop@example.com", to: "ada@example.net", subject, text, attachments });
  described("nodemailer", sent.message);
})();
JS
)
expect <<'SEEN'
mimetext: text in 7bit, 8 octets above 127,
  longest line 4000, longest encoded word 124
nodemailer: text in quoted-printable, 0 octets above 127,
  longest line 76, longest encoded word 27
SEEN
