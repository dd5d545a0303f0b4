"""The `cdk` command of the version that package.json pins: `python -m infra.node synth`."""

from __future__ import annotations

import subprocess
import sys

from infra.node import cdk_command

sys.exit(subprocess.run([*cdk_command(), *sys.argv[1:]], check=False).returncode)  # noqa: S603 - the caller's own arguments
