#!/usr/bin/env bash
# Guess:   a mail that nodemailer writes has no Bcc header, as one that it sends over SMTP has none.
# Really:  its stream transport, which writes the raw mail for another sender, keeps the header: each blind copy is named in it. The envelope
#          has all recipients beside it.
# Seen:    nodemailer 10.6.1.
# Matters: raw mail goes on to a server or a service. Where that does not take Bcc away, every recipient reads who else got the mail.
# Source:  the run, which sends the same mail to a server of its own.
set -euo pipefail
source "$(dirname "$0")/_lib.sh"

npm_install nodemailer@10.6.1 smtp-server@3.21.6
seen=$(
  javascript <<'JS'
const nodemailer = require("nodemailer");
const { SMTPServer } = require("smtp-server");

const mail = { from: "shop@example.com", to: "ada@example.net", bcc: "bob@example.net", subject: "Your receipt", text: "text" };
const bcc = (raw) => String(raw).match(/^Bcc:.*$/m)?.[0] ?? "no Bcc header";

const server = new SMTPServer({
  disabledCommands: ["AUTH", "STARTTLS"],
  async onData(stream, session, done) {
    const parts = [];
    for await (const part of stream) parts.push(part);
    console.log("over SMTP:", session.envelope.rcptTo.map((to) => to.address).join(), bcc(Buffer.concat(parts)));
    done();
  },
});

server.listen(0, "127.0.0.1", async () => {
  const { port } = server.server.address();
  await nodemailer.createTransport({ host: "127.0.0.1", port, ignoreTLS: true }).sendMail(mail);
  const written = await nodemailer.createTransport({ streamTransport: true, buffer: true }).sendMail(mail);
  console.log("as raw mail:", written.envelope.to.join(), bcc(written.message));
  server.close();
});
JS
)
expect <<'SEEN'
over SMTP: ada@example.net,bob@example.net no Bcc header
as raw mail: ada@example.net,bob@example.net Bcc: bob@example.net
SEEN
