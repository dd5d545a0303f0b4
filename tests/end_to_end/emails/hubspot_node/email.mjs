// Creates an email, publishes it and sends it with HubSpot's client for Node. Usage: node email.mjs URL KEY TO
import { Client } from "@hubspot/api-client";

const [url, key, to] = process.argv.slice(2);
const client = new Client({ accessToken: key, basePath: url });
const html = "<p>Hello {{ contact.firstname }}, this came in a widget.</p>";

const email = await client.marketing.emails.marketingEmailsApi.create({
  name: "By Node",
  subject: "From a widget",
  _from: { fromName: "Acme", replyTo: "shop@example.com" },
  content: { html: "<p>The client drops this.</p>", widgets: { main: { type: "module", body: { html } } } },
});
await client.marketing.emails.marketingEmailsApi.publishOrSend(email.id);
const sent = await client.marketing.transactional.singleSendApi.sendEmail({
  emailId: Number(email.id),
  message: { to },
  contactProperties: { firstname: "Ada" },
  customProperties: {},
});
console.log(JSON.stringify({ emailId: email.id, status: sent.status, statusId: sent.statusId, content: email.content }));
