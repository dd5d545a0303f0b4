#!/usr/bin/env bash
# Guess:   EmailIdentity.grant_send_email allows its grantee to send mail by that identity.
# Really:  it names the identity alone. SES asks for the configuration set too, also where that is only the identity's default,
#          which the same construct has set.
# Seen:    aws-cdk-lib 2.275.0.
# Matters: the function synthesizes and deploys, and every send is AccessDenied on "configuration-set/<name>". Add the set's ARN.
# Source:  github.com/aws/aws-cdk, issue 34402; SES's service authorization reference, SendEmail.
set -euo pipefail
source "$(dirname "$0")/_lib.sh"

cdk constructs==10.8.1
seen=$(python - <<'PY'
import json

from aws_cdk import App, Stack, assertions
from aws_cdk import aws_iam as iam
from aws_cdk import aws_ses as ses

stack = Stack(App(), "Mail")
transactional = ses.ConfigurationSet(stack, "Transactional")
domain = ses.EmailIdentity(
    stack, "Domain", identity=ses.Identity.domain("example.com"), configuration_set=transactional
)
role = iam.Role(stack, "Deliver", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
domain.grant_send_email(role)
template = assertions.Template.from_stack(stack)
(identity,) = template.find_resources("AWS::SES::EmailIdentity").values()
(policy,) = template.find_resources("AWS::IAM::Policy").values()
(statement,) = policy["Properties"]["PolicyDocument"]["Statement"]
resources = json.dumps(statement["Resource"])
print("default set of the identity:", "ConfigurationSetAttributes" in identity["Properties"])
print("allowed:", statement["Action"])
print("on an identity:", ":identity/" in resources, "- on a configuration set:", "configuration-set/" in resources)
PY
)
expect <<'SEEN'
default set of the identity: True
allowed: ['ses:SendEmail', 'ses:SendRawEmail']
on an identity: True - on a configuration set: False
SEEN
