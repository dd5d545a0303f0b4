// Calls every method of MailpitClient. Usage: every_method.mjs URL. Prints each method's result, or its error, as JSON.
import { MailpitClient } from "mailpit-api";

const client = new MailpitClient(process.argv[2]);
const mail = {
  From: { Email: "nino@example.com", Name: "Nino" },
  To: [{ Email: "ada@customer.test" }],
  Cc: [{ Email: "bob@customer.test" }],
  Bcc: ["eve@customer.test"],
  ReplyTo: [{ Email: "help@example.com" }],
  Subject: "Grüße",
  Text: "Grazie!",
  HTML: '<p>Grazie! <img src="cid:logo"></p>',
  Headers: { "X-Order": "7" },
  Tags: ["order 7"],
  Attachments: [{ Content: "R0lGODlhAQABAAAAACw=", Filename: "logo.gif", ContentType: "image/gif", ContentID: "logo" }],
};
const { ID } = await client.sendMessage(mail);
const { Inline } = await client.getMessageSummary(ID);
const calls = [
  ["sendMessage", mail],
  ["getInfo"],
  ["getConfiguration"],
  ["getMessageSummary", ID],
  ["getMessageHeaders", ID],
  ["getMessageAttachment", ID, Inline[0].PartID],
  ["getAttachmentThumbnail", ID, Inline[0].PartID],
  ["getMessageSource", ID],
  ["releaseMessage", ID, { To: ["ada@customer.test"] }],
  ["listMessages"],
  ["searchMessages", { query: "tag:\"order 7\"" }],
  ["waitForMessage", { query: "to:ada@customer.test" }],
  ["waitForMessages", { query: "to:ada@customer.test", count: 2 }],
  ["setReadStatus", { Search: "to:ada@customer.test", Read: false }],
  ["htmlCheck", ID],
  ["linkCheck", ID],
  ["spamAssassinCheck", ID],
  ["getChaosTriggers"],
  ["setChaosTriggers", {}],
  ["renderMessageHTML", ID],
  ["renderMessageText", ID],
  ["setTags", { IDs: [ID], Tags: ["first"] }],
  ["renameTag", "first", "second"],
  ["getTags"],
  ["deleteTag", "second"],
  ["deleteMessagesBySearch", { query: "is:read" }],
  ["deleteMessages", { IDs: [ID] }],
];

const results = {};
for (const [name, ...parameters] of calls) {
  try {
    const result = await client[name](...parameters);
    results[name] = result instanceof Blob ? result.type : result;
  } catch (error) {
    results[name] = { error: error.message };
  }
}
const methods = Object.getOwnPropertyNames(MailpitClient.prototype);
console.log(JSON.stringify({ methods, results }));
