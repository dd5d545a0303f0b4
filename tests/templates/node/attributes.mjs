// Writes the attributes that each of MJML's elements allows. Usage: attributes.mjs INPUTS OUTPUTS, two files of a JSON object.
import { createRequire } from "node:module";
import { writeFileSync } from "node:fs";

const require = createRequire(import.meta.url);
require("mjml");
const { components } = require("mjml-core");
const attributes = Object.fromEntries(
  Object.entries(components).map(([name, component]) => [name, Object.keys(component.allowedAttributes || {})]),
);
writeFileSync(process.argv[3], JSON.stringify({ attributes: JSON.stringify(attributes) }));
