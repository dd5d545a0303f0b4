"""The CDK app in this process: the start of another one costs as much as a synthesis."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Mapping
from contextlib import redirect_stderr
from unittest.mock import patch

from infra import app


def synthesize(environment: Mapping[str, str]) -> tuple[str, str | None]:
    """Returns what `python -m infra.app` prints with these variables, and the reason if it fails.

    The CDK's own process does not have them, so the context of the command comes with the app's defaults.
    """
    context = {**app._cdk_json(), **json.loads(environment["CDK_CONTEXT_JSON"])}
    errors = io.StringIO()
    with patch.dict(os.environ, environment), patch.object(app, "_cdk_json", lambda: context), redirect_stderr(errors):
        try:
            app.main()
        except SystemExit as failure:
            return errors.getvalue(), str(failure)
    return errors.getvalue(), None
