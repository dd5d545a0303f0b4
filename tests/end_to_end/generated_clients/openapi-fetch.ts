// Sends one mail through the types of openapi-typescript. Usage: node openapi-fetch.js URL KEY EMAIL TO
import createClient from "openapi-fetch";
import type { paths } from "./openapi-typescript";

const [baseUrl, key, emailId, to] = process.argv.slice(2);
const client = createClient<paths>({ baseUrl, headers: { Authorization: `Bearer ${key}` } });

async function main(): Promise<void> {
  const { data, error } = await client.POST("/marketing/v3/transactional/single-email/send", {
    body: { emailId: Number(emailId), message: { to } },
  });
  if (error || !data) throw new Error(JSON.stringify(error));
  console.log(data.statusId);
}

void main();
