#!/usr/bin/env bash
# Guess:   HubSpot's Node client sends the object that it is given, as its Python client does with a dict.
# Really:  it sends the fields that it knows and drops the others at every depth: content.html of an email, tags of a message. And
#          it throws on an answer of 200 where its specification says 201, with the words "An error occurred".
# Seen:    @hubspot/api-client 14.0.1.
# Matters: an extension of the API (a body as HTML, tags) never leaves the client, in silence, and the mail is created empty; and
#          a stand-in must give each operation's exact status.
# Source:  codegen/marketing/emails/models/PublicEmailContent.js (attributeTypeMap) and ObjectSerializer.js, apis/MarketingEmailsApi.js.
set -euo pipefail
source "$(dirname "$0")/_lib.sh"

npm_install @hubspot/api-client@14.0.1
seen=$(javascript <<'JS'
const http = require("http");
const { Client } = require("@hubspot/api-client");

let status = 201;
const server = http.createServer((request, response) => {
  let body = "";
  request.on("data", (chunk) => (body += chunk));
  request.on("end", () => {
    console.log(request.method, request.url, body);
    response.writeHead(status, { "Content-Type": "application/json" });
    response.end('{"id": "1", "name": "Receipt"}');
  });
});
server.listen(0, "127.0.0.1", async () => {
  const client = new Client({ accessToken: "none", basePath: `http://127.0.0.1:${server.address().port}` });
  const email = { name: "Receipt", content: { html: "<p>Thank you</p>", plainTextVersion: "Thank you" } };
  const created = await client.marketing.emails.marketingEmailsApi.create(email);
  console.log("created:", created.name);
  status = 200;
  try {
    await client.marketing.emails.marketingEmailsApi.create(email);
  } catch (error) {
    console.log("thrown:", error.message.split("\n").slice(0, 2).join(", "));
  }
  await client.marketing.transactional.singleSendApi.sendEmail({
    emailId: 1,
    message: { to: "ann@example.net", tags: { order: "42" } },
    customProperties: { total: 12 },
  });
  server.close();
  server.closeAllConnections();
});
JS
)
expect <<'SEEN'
POST /marketing/v3/emails {"content":{"plainTextVersion":"Thank you"},"name":"Receipt"}
created: Receipt
POST /marketing/v3/emails {"content":{"plainTextVersion":"Thank you"},"name":"Receipt"}
thrown: HTTP-Code: 200, Message: An error occurred.
POST /marketing/v3/transactional/single-email/send {"customProperties":{"total":12},"emailId":1,"message":{"to":"ann@example.net"}}
SEEN
