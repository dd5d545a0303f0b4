"""A deliver worker under measure: a fresh process that sends one batch from its standard input, and prints its peak of memory in MB."""

from __future__ import annotations

import json
import os
import sys

from tests.bench.peak_memory import peak_mb


def main() -> None:
    from functions import deliver
    from tests.support.events import CONTEXT, sqs

    bodies = json.load(sys.stdin)
    out, sys.stdout = sys.stdout, open(os.devnull, "w")  # noqa: PTH123, SIM115 - Lambda's log, which is not read here
    answer = deliver.handler(sqs(*bodies), CONTEXT)
    out.write(json.dumps({"peak": peak_mb(), "failures": len(answer["batchItemFailures"])}))


if __name__ == "__main__":
    main()
