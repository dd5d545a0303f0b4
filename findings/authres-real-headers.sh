#!/usr/bin/env bash
# Guess:   authres, which reads Authentication-Results by its RFC, reads what large receivers write.
# Really:  it raises for the forms of Amazon SES and of Microsoft 365. SES writes client-ip, envelope-from and helo without a property's type;
#          Microsoft leaves out the name of the server. Gmail's it reads.
# Seen:    authres 1.2.0; the headers are in the form that these services write, with names and addresses of examples.
# Matters: a function behind SES's receipt rules that looks for dmarc=pass by this library fails for each mail, while its tests with the RFC's examples
#          pass. SES gives the verdicts in the event too.
# Source:  RFC 8601, 2.2 (the grammar); SES's developer guide on receiving mail, contents of notifications, spfVerdict; Microsoft's documentation of
#          anti-spam message headers, "Authentication-results message header".
set -euo pipefail
source "$(dirname "$0")/_lib.sh"

pypi authres==1.2.0
seen=$(
  python - <<'PY'
from authres import AuthenticationResultsHeader

HEADERS = {
    "Amazon SES": "amazonses.com; spf=pass (spfCheck: domain of example.com designates 192.0.2.1 as permitted sender) client-ip=192.0.2.1; "
    "envelope-from=ada@example.com; helo=mail.example.com; dkim=pass header.i=@example.com; dmarc=pass header.from=example.com",
    "Microsoft 365": "spf=pass (sender IP is 192.0.2.1) smtp.mailfrom=example.com; dkim=pass (signature was verified) header.d=example.com;"
    "dmarc=pass action=none header.from=example.com;compauth=pass reason=100",
    "Gmail": "mx.google.com; dkim=pass header.i=@example.com header.s=s1 header.b=abcd1234; spf=pass (google.com: domain of ada@example.com "
    "designates 192.0.2.1 as permitted sender) smtp.mailfrom=ada@example.com; dmarc=pass (p=REJECT sp=REJECT dis=NONE) header.from=example.com",
}
for name, value in HEADERS.items():
    try:
        results = AuthenticationResultsHeader.parse(f"Authentication-Results: {value}").results
        print(f"{name}:", {result.method: result.result for result in results})
    except Exception as error:
        print(f"{name}: {type(error).__name__}")
PY
)
expect <<'SEEN'
Amazon SES: SyntaxError
Microsoft 365: SyntaxError
Gmail: {'dkim': 'pass', 'spf': 'pass', 'dmarc': 'pass'}
SEEN
