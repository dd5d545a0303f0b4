#!/usr/bin/env bash
# Guess:   moto's server reads a template from its own S3, whatever name the client has for this machine.
# Really:  it takes the bucket out of the path only where the address contains the text "localhost"; by 127.0.0.1 it takes the
#          address for the bucket and answers NoSuchBucket.
# Seen:    moto 5.2.5.
# Matters: `cdk deploy` uploads its template and passes the address: with AWS_ENDPOINT_URL=http://127.0.0.1:... it fails, with
#          http://localhost:... it works.
# Source:  moto/cloudformation/utils.py, get_stack_from_s3_url.
set -euo pipefail
source "$(dirname "$0")/_lib.sh"

pypi 'moto[server,cloudformation,s3]==5.2.5' boto3==1.44.8 botocore==1.44.8
seen=$(python - <<'PY'
import logging

import boto3
from botocore.config import Config
from moto.server import ThreadedMotoServer

logging.getLogger("werkzeug").setLevel(logging.ERROR)
server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
_, port = server.get_host_and_port()
for host in ("localhost", "127.0.0.1"):
    endpoint = f"http://{host}:{port}"
    s3 = boto3.client("s3", endpoint_url=endpoint, config=Config(s3={"addressing_style": "path"}))
    s3.create_bucket(Bucket="assets")
    s3.put_object(Bucket="assets", Key="mail.json", Body=b'{"Resources": {"Queue": {"Type": "AWS::SQS::Queue"}}}')
    cloudformation = boto3.client("cloudformation", endpoint_url=endpoint)
    try:
        cloudformation.create_stack(StackName=f"by-{host[0]}", TemplateURL=f"{endpoint}/assets/mail.json")
        print(f"{host}:", cloudformation.describe_stacks()["Stacks"][0]["StackStatus"])
    except cloudformation.exceptions.ClientError as error:
        print(f"{host}:", error.response["Error"]["Code"])
server.stop()
PY
)
expect <<'SEEN'
localhost: CREATE_COMPLETE
127.0.0.1: NoSuchBucket
SEEN
