#!/usr/bin/env bash
# Guess:   any valid name will do for a bucket in moto.
# Really:  boto3 puts the bucket before the host, and moto finds a service by the start of the host: events.s3.amazonaws.com is
#          EventBridge, so the bucket "events" cannot even be made. So it is with "logs" and "kms", and not with "sqs".
# Seen:    moto 5.2.5, botocore 1.44.8.
# Matters: "events" is the first name that comes to mind for an archive of SES's events. The 404 names no cause; a prefix in
#          the name, or path-style addressing, avoids it.
# Source:  moto/events/urls.py, url_bases; botocore's virtual-host addressing.
set -euo pipefail
source "$(dirname "$0")/_lib.sh"

pypi 'moto[s3,events,kms]==5.2.5' boto3==1.44.8 botocore==1.44.8
seen=$(python - <<'PY'
import boto3
from botocore.config import Config
from moto import mock_aws


def create(name, style):
    with mock_aws():
        s3 = boto3.client("s3", config=Config(s3={"addressing_style": style}))
        try:
            s3.create_bucket(Bucket=name)
            return "created"
        except s3.exceptions.ClientError as error:
            return error.response["Error"]["Code"]


for name in ("mail-events", "events", "logs", "kms", "sqs"):
    print(f"{name}: {create(name, 'virtual')}, in the path {create(name, 'path')}")
PY
)
expect <<'SEEN'
mail-events: created, in the path created
events: 404, in the path created
logs: 404, in the path created
kms: 404, in the path created
sqs: created, in the path created
SEEN
