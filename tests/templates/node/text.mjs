// Writes HTML as text. Usage: text.mjs INPUTS OUTPUTS, two files of a JSON object.
import { readFileSync, writeFileSync } from "node:fs";
import { convert } from "html-to-text";

const inputs = JSON.parse(readFileSync(process.argv[2], "utf8"));
const texts = Object.entries(inputs).map(([name, html]) => [name, convert(html, { wordwrap: false })]);
writeFileSync(process.argv[3], JSON.stringify(Object.fromEntries(texts)));
