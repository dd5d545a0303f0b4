#!/usr/bin/env bash
# Guess:   a mail that nodemailer cannot sign with the DKIM key that it was given is not sent.
# Really:  it is sent without a signature. `sendMail` succeeds, and the log says that the mail is being signed. Such keys are one of Ed25519,
#          which RFC 8463 allows, one with a passphrase, one whose line breaks became "\n" in an environment variable, and a file's name.
# Seen:    nodemailer 10.6.1.
# Matters: after a change of keys all mail fails DMARC where DKIM was all that aligned, and nothing at the sender shows it. Write one mail by
#          the stream transport when the program starts, and look for the header.
# Source:  nodemailer/lib/dkim/sign.js, which returns false; the maintainer in nodemailer's issue 1103: signing is best effort.
set -euo pipefail
source "$(dirname "$0")/_lib.sh"

npm_install nodemailer@10.6.1
seen=$(
  javascript <<'JS'
const { generateKeyPairSync } = require("crypto");
const nodemailer = require("nodemailer");

const pem = { type: "pkcs8", format: "pem" };
const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
const keys = {
  RSA: rsa.export(pem),
  Ed25519: generateKeyPairSync("ed25519").privateKey.export(pem),
  "RSA with a passphrase": rsa.export({ ...pem, cipher: "aes-256-cbc", passphrase: "secret" }),
  "RSA from a variable": rsa.export(pem).replaceAll("\n", "\\n"),
  "a file's name": "/etc/dkim/key.pem",
};
(async () => {
  for (const [name, privateKey] of Object.entries(keys)) {
    let logged = "nothing";
    const log = (about, words) => (logged = about.tnx === "DKIM" ? words : logged);
    const logger = { trace: log, debug: log, info: log, warn: log, error: log, fatal: log };
    const dkim = { domainName: "example.com", keySelector: "s", privateKey };
    const transport = nodemailer.createTransport({ streamTransport: true, buffer: true, logger, dkim });
    const sent = await transport.sendMail({ from: "shop@example.com", to: "ada@example.net", subject: "Receipt", text: "Thank you" });
    console.log(`${name}: ${/^DKIM-Signature:/m.test(sent.message) ? "signed" : "sent unsigned"}; logged: ${logged}`);
  }
})();
JS
)
expect <<'SEEN'
RSA: signed; logged: Signing outgoing message with %s keys
Ed25519: sent unsigned; logged: Signing outgoing message with %s keys
RSA with a passphrase: sent unsigned; logged: Signing outgoing message with %s keys
RSA from a variable: sent unsigned; logged: Signing outgoing message with %s keys
a file's name: sent unsigned; logged: Signing outgoing message with %s keys
SEEN
