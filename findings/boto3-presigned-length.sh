#!/usr/bin/env bash
# Guess:   a presigned PUT with ContentLength can be used for exactly so many octets.
# Really:  in us-east-1 boto3 still signs addresses by signature version 2, which leaves ContentLength out: the address is the same
#          with and without. In other regions, or with signature_version="s3v4", it is version 4 and the length is signed.
# Seen:    boto3 1.44.8.
# Matters: an upload (a large attachment) that is offered for a size is offered for any, in the one region where most try things
#          out. Name the signature version.
# Source:  botocore/client.py, _default_s3_presign_to_sigv2.
set -euo pipefail
source "$(dirname "$0")/_lib.sh"

pypi boto3==1.44.8 botocore==1.44.8
seen=$(python - <<'PY'
from urllib.parse import parse_qs, urlsplit

import boto3
from botocore.config import Config


def signed(region, config, **length):
    s3 = boto3.client("s3", region_name=region, config=config)
    url = s3.generate_presigned_url("put_object", Params={"Bucket": "uploads", "Key": "1", **length}, ExpiresIn=900)
    query = parse_qs(urlsplit(url).query)
    query.pop("Expires", None)
    return query


for region, config in (("us-east-1", None), ("us-east-1", Config(signature_version="s3v4")), ("eu-central-1", None)):
    query = signed(region, config, ContentLength=1000)
    version = query.get("X-Amz-Algorithm", ["version 2"])[0]
    print(f"{region}, {'s3v4' if config else 'default'}: {version}, signed headers {query.get('X-Amz-SignedHeaders')}")
PY
)
expect <<'SEEN'
us-east-1, default: version 2, signed headers None
us-east-1, s3v4: AWS4-HMAC-SHA256, signed headers ['content-length;host']
eu-central-1, default: AWS4-HMAC-SHA256, signed headers ['content-length;host']
SEEN
