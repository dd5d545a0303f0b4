#!/usr/bin/env bash
# Guess:   cdk-nag's rules are added as an aspect, as its examples of many years do.
# Really:  since its version 3 they are a plug-in for CDK's own validation. Adding them as an aspect is accepted, and fails at
#          synthesis with a TypeError of JavaScript that does not name cdk-nag.
# Seen:    cdk-nag 3.0.2 with aws-cdk-lib 2.275.0.
# Matters: an update of one line in a requirements file stops every synthesis; the message leads to jsii.
# Source:  cdk-nag's README of version 3; Validations.of(app).add_plugins(...) is the new way.
set -euo pipefail
source "$(dirname "$0")/_lib.sh"

cdk constructs==10.8.1 cdk-nag==3.0.2
seen=$(cd "$work" && python - 2>&1 <<'PY'
import os

import cdk_nag
from aws_cdk import App, Aspects, Stack, Validations
from aws_cdk import aws_sqs as sqs

app = App(outdir=os.path.join(os.getcwd(), "out"))
sqs.Queue(Stack(app, "Mail"), "Send")
Aspects.of(app).add(cdk_nag.AwsSolutionsChecks(app))
try:
    app.synth()
except RuntimeError as error:
    print(error)
print("the other way is there:", hasattr(Validations.of(App()), "add_plugins"))
PY
)
expect <<'SEEN'
TypeError: aspectApplication.aspect.visit is not a function
the other way is there: True
SEEN
