// Compiles MJML. Usage: mjml.mjs INPUTS OUTPUTS, two files of a JSON object.
import { readFileSync, writeFileSync } from "node:fs";
import mjml from "mjml";

const inputs = JSON.parse(readFileSync(process.argv[2], "utf8"));
const outputs = {};
for (const [name, source] of Object.entries(inputs)) {
  outputs[name] = (await mjml(source, { validationLevel: "skip" })).html;
}
writeFileSync(process.argv[3], JSON.stringify(outputs));
