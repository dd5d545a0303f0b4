#!/usr/bin/env bash
# Guess:   moto's server finds the service of a request in a table.
# Really:  for each request it lists the folder of its own package on the disk, and asks of every entry whether it is a folder.
# Seen:    moto 5.2.5.
# Matters: a large part of what a call to the local AWS costs is this; a cache around get_backend_for_host is one line.
# Source:  moto/moto_server/werkzeug_app.py, get_backend_for_host; moto/backends.py, list_of_moto_modules.
set -euo pipefail
source "$(dirname "$0")/_lib.sh"

pypi 'moto[server,sqs]==5.2.5' boto3==1.44.8 botocore==1.44.8
seen=$(python - <<'PY'
import logging
import os

import boto3
import moto
from moto.server import ThreadedMotoServer

logging.getLogger("werkzeug").setLevel(logging.ERROR)
package, listdir, isdir = os.path.dirname(moto.__file__), os.listdir, os.path.isdir
lists = looks = 0


def counted_list(path="."):
    global lists
    lists += path == package
    return listdir(path)


def counted_look(path):
    global looks
    looks += os.path.dirname(str(path)) == package
    return isdir(path)


server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
host, port = server.get_host_and_port()
sqs = boto3.client("sqs", endpoint_url=f"http://{host}:{port}")
sqs.list_queues()
os.listdir, os.path.isdir = counted_list, counted_look
for _ in range(10):
    sqs.list_queues()
server.stop()
print("ten requests list moto's folder", lists, "times and look at more than 1,000 entries:", looks > 1000)
PY
)
expect <<'SEEN'
ten requests list moto's folder 10 times and look at more than 1,000 entries: True
SEEN
