// Sends one mail through the SDK of @hey-api/openapi-ts. Usage: node hey-api.js URL KEY EMAIL TO
import { client } from "./hey-api/client.gen";
import { singleSend } from "./hey-api/sdk.gen";

const [baseUrl, key, emailId, to] = process.argv.slice(2);
client.setConfig({ baseUrl, auth: key });

async function main(): Promise<void> {
  const { data, error } = await singleSend({ body: { emailId: Number(emailId), message: { to } } });
  if (error || !data) throw new Error(JSON.stringify(error));
  console.log(data.statusId);
}

void main();
