"""A deliver worker under measure: a fresh process that sends one batch from its standard input, and prints its peak of memory in MB."""

from __future__ import annotations

import json
import os
import resource
import sys

MB = 1024  # the kernel counts KB


def main() -> None:
    from functions import deliver
    from tests.support.events import CONTEXT, sqs

    bodies = json.load(sys.stdin)
    out, sys.stdout = sys.stdout, open(os.devnull, "w")  # noqa: PTH123, SIM115 - Lambda's log, which is not read here
    answer = deliver.handler(sqs(*bodies), CONTEXT)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MB
    out.write(json.dumps({"peak": peak, "failures": len(answer["batchItemFailures"])}))


if __name__ == "__main__":
    main()
