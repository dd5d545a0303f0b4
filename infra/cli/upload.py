"""Uploads a file of this machine to a stage, with a progress bar."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import TYPE_CHECKING

from infra.cli.errors import CommandError
from infra.cli.terminal import progress

if TYPE_CHECKING:
    from infra.cli.stage import Stage


def upload_file(stage: Stage, path: Path) -> str:
    """Returns the upload's id. The file is read in parts, so its size does not matter. Raises CommandError."""
    from functions import wiring
    from functions.adapters import schema

    if not path.is_file():
        raise CommandError(f"{path} is no file")
    upload_id = str(uuid.uuid4())
    bucket = stage.container.settings.payload_bucket
    with progress("upload", total=path.stat().st_size) as advance:
        stage.get(wiring.clients.s3).upload_file(
            Filename=str(path), Bucket=bucket, Key=schema.upload_key(upload_id), Callback=advance
        )
    return upload_id
