"""Staffetta's deployment: the CDK app and, in `local`, the stack that runs its template on a laptop."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent  # the folder that holds functions/, templates/ and infra/
