#!/usr/bin/env bash
# Guess:   "Your code: { $code }" with 123456 is the text "Your code: 123456".
# Really:  Fluent writes an invisible character before and after each value (U+2068, U+2069), so that text from right to left cannot disturb its
#          surroundings: in Python, in JavaScript, and in MessageFormat 2, whose package does it for values of unknown direction, not for numbers.
# Seen:    fluent.runtime 0.4.0 (PyPI), @fluent/bundle 0.19.1 and messageformat 4.0.0 (npm).
# Matters: a person copies the code out of the mail with the two characters, and the form refuses it; a link made in a translation has them in its path.
#          They show nowhere, and a test that searches for "123456" passes. Write codes and links outside of translations, or switch it off.
# Source:  Fluent's documentation, `use_isolating` and `useIsolating`, both true by default; Unicode TS 35, part 9, "Handling Bidirectional Text";
#          messageformat's option `bidiIsolation`.
set -euo pipefail
source "$(dirname "$0")/_lib.sh"

pypi fluent.runtime==0.4.0
npm_install @fluent/bundle@0.19.1 messageformat@4.0.0
seen=$(
  python <<'PY'
from fluent.runtime import FluentBundle, FluentResource

TEXT = "code = Your code: { $code }\nlink = https://example.com/reset/{ $code }\n"
for name, bundle in (("default", FluentBundle(["en"])), ("use_isolating=False", FluentBundle(["en"], use_isolating=False))):
    bundle.add_resource(FluentResource(TEXT))
    for key in ("code", "link"):
        text, _ = bundle.format_pattern(bundle.get_message(key).value, {"code": "123456"})
        print(f"fluent.runtime, {name}:", ascii(text))
PY
  javascript <<'JS'
const ascii = (text) => JSON.stringify(text).replace(/[\u2068\u2069]/g, (mark) => "\\u" + mark.charCodeAt(0).toString(16));
(async () => {
  const { FluentBundle, FluentResource } = await import("@fluent/bundle");
  const { MessageFormat } = await import("messageformat");
  for (const options of [{}, { useIsolating: false }]) {
    const bundle = new FluentBundle("en", options);
    bundle.addResource(new FluentResource("code = Your code: { $code }\n"));
    console.log("@fluent/bundle", JSON.stringify(options) + ":", ascii(bundle.formatPattern(bundle.getMessage("code").value, { code: "123456" })));
  }
  for (const options of [{}, { bidiIsolation: "none" }]) {
    const message = new MessageFormat("en", "Your code: {$code}", options);
    console.log("messageformat", JSON.stringify(options) + ":", ascii(message.format({ code: "123456" })), ascii(message.format({ code: 123456 })));
  }
})();
JS
)
expect <<'SEEN'
fluent.runtime, default: 'Your code: \u2068123456\u2069'
fluent.runtime, default: 'https://example.com/reset/\u2068123456\u2069'
fluent.runtime, use_isolating=False: 'Your code: 123456'
fluent.runtime, use_isolating=False: 'https://example.com/reset/123456'
@fluent/bundle {}: "Your code: \u2068123456\u2069"
@fluent/bundle {"useIsolating":false}: "Your code: 123456"
messageformat {}: "Your code: \u2068123456\u2069" "Your code: 123,456"
messageformat {"bidiIsolation":"none"}: "Your code: 123456" "Your code: 123,456"
SEEN
